import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { PROTOCOL_VERSION } from "../../live/wire/messages.js";
import { WIRE_VERSION } from "../../live/wire/record-kinds.js";
import { ACKNOWLEDGE_BYTES } from "../../live/wire/session.js";
import { ASSIGN_BYTES, COMPLETE_BYTES, HEADER_BYTES, OUTCOME_BYTES, SUBMIT_BYTES } from "./records.js";

/** A minimal generator and server nodes, in this process. */

/** Jobs are numbered modulo this: far more than are ever in flight. */
const JOB_NUMBERS = 1 << 20;
/** Heartbeat interval (live/wire/link.ts) and bytes per acknowledgement (live/wire/session.ts), as in a real process. */
const BEAT_MILLISECONDS = 2000;

/** A connection that numbers its frames, and sends heartbeats and acknowledgements. */
class Connection {
  private sent = 0;
  private received = 0;
  private unconfirmedBytes = 0;
  private readonly beating: NodeJS.Timeout;

  private constructor(
    private readonly socket: WebSocket,
    receive: (frame: Buffer) => void,
  ) {
    socket.on("message", (data, isBinary) => {
      if (!isBinary) return;
      this.received++;
      this.acknowledge((data as Buffer).length);
      receive(data as Buffer);
    });
    this.beating = setInterval(() => this.beat(), BEAT_MILLISECONDS);
  }

  /** Connects, sends hello, and waits for a message of the given type. */
  static async open(
    url: string,
    hello: object,
    receive: (frame: Buffer) => void,
    answer: "welcome" | "start",
  ): Promise<Connection> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, "open");
    const answered = new Promise<void>((resolve, reject) => {
      socket.on("close", (_code, why) => reject(new Error(`refused: ${why}`)));
      socket.on("message", (data, isBinary) => {
        if (!isBinary && JSON.parse(data.toString()).type === answer) resolve();
      });
    });
    const connection = new Connection(socket, receive);
    const session = { process: `${process.pid}/${names++}`, number: 1, dispatcher: null, received: 0 };
    socket.send(JSON.stringify({ type: "hello", protocol: PROTOCOL_VERSION, session, ...hello }));
    await answered;
    return connection;
  }

  /** Sends a frame, whose records follow its header. */
  send(frame: Buffer): void {
    frame[0] = WIRE_VERSION;
    frame.writeUInt32LE(++this.sent, 1);
    this.socket.send(frame);
  }

  close(): void {
    clearInterval(this.beating);
    this.socket.terminate();
  }

  private acknowledge(bytes: number): void {
    this.unconfirmedBytes += bytes;
    if (this.unconfirmedBytes < ACKNOWLEDGE_BYTES) return;
    this.unconfirmedBytes = 0;
    this.socket.send(JSON.stringify({ type: "received", frames: this.received }));
  }

  private beat(): void {
    this.socket.send(JSON.stringify({ type: "beat", received: this.received }));
  }
}

let names = 0;

/** A generator and its fleet behind a dispatcher or relay at this port. */
export class Peers {
  completed = 0;
  /** Round trips of jobs sent by `atRate`, in milliseconds; undefined while `saturate` runs. */
  private latencies: number[] | undefined;
  private readonly sentAt = new Float64Array(JOB_NUMBERS);
  private job = 0;
  private refill = false;
  private generator: Connection | undefined;
  private readonly nodes: Connection[] = [];

  static async connect(port: number, count: number): Promise<Peers> {
    const url = `ws://127.0.0.1:${port}`;
    const peers = new Peers();
    for (let i = 0; i < count; i++) peers.nodes.push(await node(url, i));
    const hello = { role: "load-generator", name: "bench", origin: 1 };
    peers.generator = await Connection.open(url, hello, (frame) => peers.ended(frame), "start");
    return peers;
  }

  /** Keeps this many jobs in flight for a time. */
  async saturate(window: number, milliseconds: number): Promise<void> {
    this.refill = true;
    this.submit(window);
    await sleep(milliseconds);
    this.refill = false;
    await this.settle();
  }

  /** Sends at a constant rate (open loop). Returns the round trips in milliseconds. */
  async atRate(perSecond: number, milliseconds: number): Promise<number[]> {
    const latencies: number[] = [];
    this.latencies = latencies;
    const start = performance.now();
    let sent = 0;
    for (let now = start; now - start < milliseconds; now = performance.now()) {
      const due = Math.floor(((now - start) * perSecond) / 1000);
      if (due > sent) this.submit(due - sent);
      sent = Math.max(sent, due);
      await sleep(1);
    }
    await this.settle();
    this.latencies = undefined;
    return latencies;
  }

  close(): void {
    for (const connection of this.nodes) connection.close();
    this.generator?.close();
  }

  private async settle(): Promise<void> {
    for (let before = -1; before !== this.completed; ) {
      before = this.completed;
      await sleep(100);
    }
  }

  private submit(count: number): void {
    const frame = Buffer.alloc(HEADER_BYTES + count * SUBMIT_BYTES);
    const now = performance.now();
    for (let at = HEADER_BYTES; at < frame.length; at += SUBMIT_BYTES) {
      this.job = (this.job + 1) % JOB_NUMBERS;
      this.sentAt[this.job] = now;
      frame[at] = 1;
      frame.writeUInt32LE(this.job, at + 1);
      frame.writeDoubleLE(1, at + 9);
    }
    this.generator?.send(frame);
  }

  private ended(frame: Buffer): void {
    const count = (frame.length - HEADER_BYTES) / OUTCOME_BYTES;
    this.completed += count;
    if (this.latencies !== undefined) {
      const now = performance.now();
      for (let at = HEADER_BYTES; at < frame.length; at += OUTCOME_BYTES) {
        this.latencies.push(now - this.sentAt[frame.readUInt32LE(at + 1)]);
      }
    }
    if (this.refill) this.submit(count);
  }
}

/** A node with one server that completes every job at once. */
async function node(url: string, number: number): Promise<Connection> {
  const server = { number, buffer: null, discipline: "fifo", initialRate: 1, holds: [] };
  const hello = { role: "server-node", name: `node-${number}`, servers: [server], finished: [] };
  const connection = await Connection.open(url, hello, (frame) => connection.send(completions(frame)), "welcome");
  return connection;
}

/** Immediate completions of all assignments of the frame. */
function completions(assignments: Buffer): Buffer {
  const count = (assignments.length - HEADER_BYTES) / ASSIGN_BYTES;
  const frame = Buffer.alloc(HEADER_BYTES + count * COMPLETE_BYTES);
  for (let i = 0; i < count; i++) {
    const from = HEADER_BYTES + i * ASSIGN_BYTES;
    const to = HEADER_BYTES + i * COMPLETE_BYTES;
    frame[to] = 4;
    assignments.copy(frame, to + 1, from + 1, from + 9);
  }
  return frame;
}
