import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { WIRE_VERSION } from "../../live/wire/record-kinds.js";
import { HEADER_BYTES, OUTCOME_BYTES, SUBMIT_BYTES } from "../dispatcher/records.js";

/** A minimal dispatcher that completes every job on arrival, for measuring load generators. */

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("listening", () => process.send?.({ port: (server.address() as AddressInfo).port }));
server.on("connection", (socket) => {
  let received = 0;
  let sent = 0;
  const say = (message: object): void => socket.send(JSON.stringify(message));
  socket.on("message", (data, isBinary) => {
    if (isBinary) {
      received++;
      socket.send(outcomes(data as Buffer, ++sent));
      return;
    }
    const { type } = JSON.parse(data.toString()) as { type: string };
    if (type === "hello") {
      say({ type: "welcome", dispatcher: "sink", resumed: false, received: 0, leaseSeconds: 60 });
      say({ type: "start" });
    } else if (type === "beat") say({ type: "beat", received, settled: received });
    if (type !== "hello") say({ type: "received", frames: received });
  });
});
process.on("disconnect", () => process.exit());

/** Completes all jobs of the frame. */
function outcomes(submits: Buffer, number: number): Buffer {
  const count = (submits.length - HEADER_BYTES) / SUBMIT_BYTES;
  const frame = Buffer.alloc(HEADER_BYTES + count * OUTCOME_BYTES);
  frame[0] = WIRE_VERSION;
  frame.writeUInt32LE(number, 1);
  for (let i = 0; i < count; i++) {
    const to = HEADER_BYTES + i * OUTCOME_BYTES;
    frame[to] = 2;
    submits.copy(frame, to + 1, HEADER_BYTES + i * SUBMIT_BYTES + 1, HEADER_BYTES + i * SUBMIT_BYTES + 5);
  }
  return frame;
}
