import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { WIRE_VERSION } from "../../live/wire/record-kinds.js";
import { ASSIGN_BYTES, COMPLETE_BYTES, HEADER_BYTES, OUTCOME_BYTES, SUBMIT_BYTES } from "./records.js";

/**
 * A minimal relay between generators and nodes with the same wire protocol: decodes records, sends each job to the next node
 * in turn, and each completion back. No policy, no accounting, no checks, no clock. The baseline for the dispatcher's cost per
 * job.
 */

const expected = Number(process.argv[2]);
const nodes: Outgoing[] = [];
let generator: Outgoing | undefined;
let turn = 0;

/** Records for one socket, collected until the end of the turn of the event loop. */
class Outgoing {
  private buffer = Buffer.alloc(1 << 16);
  private length = 0;
  private frames = 0;

  constructor(private readonly socket: WebSocket) {}

  /** Allocates a record of this size; returns its start in `into`. */
  room(bytes: number): number {
    if (this.length === 0) {
      setImmediate(() => this.flush());
      this.length = HEADER_BYTES;
    }
    if (this.length + bytes > this.buffer.length) this.buffer = Buffer.concat([this.buffer], 2 * this.buffer.length);
    const at = this.length;
    this.length += bytes;
    return at;
  }

  get into(): Buffer {
    return this.buffer;
  }

  private flush(): void {
    this.buffer[0] = WIRE_VERSION;
    this.buffer.writeUInt32LE(++this.frames, 1);
    this.socket.send(Buffer.from(this.buffer.subarray(0, this.length)));
    this.length = 0;
  }
}

function submitted(frame: Buffer): void {
  for (let at = HEADER_BYTES; at < frame.length; at += SUBMIT_BYTES) {
    const node = nodes[turn];
    turn = turn + 1 === nodes.length ? 0 : turn + 1;
    const start = node.room(ASSIGN_BYTES);
    const into = node.into;
    into[start] = 3;
    const job = frame.readUInt32LE(at + 1);
    into.writeUInt32LE(0, start + 1);
    // The job's number serves as the assignment number, so that no table is needed.
    into.writeUInt32LE(job, start + 5);
    into.writeUInt32LE(0, start + 9);
    into.writeUInt32LE(job, start + 13);
    into.writeDoubleLE(frame.readDoubleLE(at + 9), start + 17);
  }
}

function completed(frame: Buffer): void {
  if (generator === undefined) return;
  for (let at = HEADER_BYTES; at < frame.length; at += COMPLETE_BYTES) {
    const start = generator.room(OUTCOME_BYTES);
    const into = generator.into;
    into[start] = 2;
    into.writeUInt32LE(frame.readUInt32LE(at + 5), start + 1);
    into[start + 5] = 0;
  }
}

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("listening", () => process.send?.({ type: "listening", port: (server.address() as AddressInfo).port }));
server.on("connection", (socket) => {
  let receive: ((frame: Buffer) => void) | undefined;
  socket.on("message", (data, isBinary) => {
    if (isBinary) {
      receive?.(data as Buffer);
      return;
    }
    // The first message is a hello, all others are heartbeats.
    if (receive !== undefined) return;
    const isNode = JSON.parse(data.toString()).role === "server-node";
    receive = isNode ? completed : submitted;
    if (isNode) nodes.push(new Outgoing(socket));
    else generator = new Outgoing(socket);
    socket.send(JSON.stringify({ type: "welcome" }));
    if (nodes.length === expected && generator !== undefined) {
      for (const client of server.clients)
        if (client !== socket || !isNode) client.send(JSON.stringify({ type: "start" }));
    }
  });
});
process.on("disconnect", () => process.exit());
