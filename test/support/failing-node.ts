import { once } from "node:events";
import { WebSocket } from "ws";
import { readFrame } from "../../live/wire/frame-reader.js";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { PROTOCOL_VERSION } from "../../live/wire/messages.js";

/** What a node does with every job it is sent: says that it does not serve it, or ends of it and is started anew at once. */
export type Failing = "refuses" | "dies";

/** Plays a node whose servers serve nothing. Ends with the dispatcher. */
export class FailingNode {
  /** Jobs that it was sent. */
  failed = 0;
  private lives = 0;

  private constructor(
    private readonly url: string,
    private readonly numbers: readonly number[],
    private readonly how: Failing,
  ) {}

  static async start(url: string, numbers: readonly number[], how: Failing): Promise<FailingNode> {
    const node = new FailingNode(url.replace("http", "ws"), numbers, how);
    await node.live();
    return node;
  }

  private async live(): Promise<void> {
    const socket = new WebSocket(this.url);
    let frames = 0;
    await once(socket, "open");
    const servers = this.numbers.map((number) => ({
      ...{ number, buffer: null, discipline: "fifo", initialRate: 1, holds: [] },
    }));
    const session = { process: `failing-${++this.lives}`, number: 1, dispatcher: null, received: 0 };
    const hello = { type: "hello", role: "server-node", protocol: PROTOCOL_VERSION, name: "failing", finished: [] };
    socket.send(JSON.stringify({ ...hello, servers, session }));
    const beating = setInterval(() => socket.send(JSON.stringify({ type: "beat", received: 0 })), 200);
    let lastWill = (): void => undefined;
    socket.on("close", () => {
      clearInterval(beating);
      lastWill();
    });
    socket.on("message", (data, isBinary) => {
      if (!isBinary) return;
      const writer = new FrameWriter();
      readFrame(data as Buffer, {
        assign: (server, assignment) => {
          this.failed++;
          writer.refuse(server, assignment);
        },
      });
      if (this.how === "refuses") socket.send(writer.take(++frames));
      else {
        lastWill = () => void this.live();
        socket.terminate();
      }
    });
  }
}
