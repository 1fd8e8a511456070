import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

/** A generator and server nodes that cost as little as they can, in this process. */

const SUBMIT_BYTES = 17;
const OUTCOME_BYTES = 6;
/** Jobs are numbered modulo this: far more than are ever under way. */
const JOB_NUMBERS = 1 << 20;

/** A generator and its fleet behind a dispatcher or relay at this port. */
export class Peers {
  completed = 0;
  /** Round trips of jobs sent by `atRate`, in milliseconds; empty while `saturate` runs. */
  private latencies: number[] | undefined;
  private readonly sentAt = new Float64Array(JOB_NUMBERS);
  private job = 0;
  private refill = false;

  private constructor(
    private readonly generator: WebSocket,
    private readonly nodes: readonly WebSocket[],
  ) {
    generator.on("message", (data, isBinary) => {
      if (isBinary) this.ended(data as Buffer);
    });
  }

  static async connect(port: number, count: number): Promise<Peers> {
    const url = `ws://127.0.0.1:${port}`;
    const nodes: WebSocket[] = [];
    for (let i = 0; i < count; i++) nodes.push(await node(url, i));
    const generator = new WebSocket(url, { perMessageDeflate: false });
    await once(generator, "open");
    const started = new Promise<void>((resolve) => {
      generator.on("message", (data, isBinary) => {
        if (!isBinary && JSON.parse(data.toString()).type === "start") resolve();
      });
    });
    generator.send(JSON.stringify({ type: "hello", role: "load-generator", protocol: 1, name: "bench" }));
    await started;
    return new Peers(generator, nodes);
  }

  /** Keeps so many jobs under way for a time. */
  async saturate(window: number, milliseconds: number): Promise<void> {
    this.refill = true;
    this.submit(window);
    await sleep(milliseconds);
    this.refill = false;
    await this.settle();
  }

  /** Sends at a constant rate, whatever becomes of the jobs. Returns the round trips in milliseconds. */
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
    for (const socket of [this.generator, ...this.nodes]) socket.terminate();
  }

  private async settle(): Promise<void> {
    for (let before = -1; before !== this.completed; ) {
      before = this.completed;
      await sleep(100);
    }
  }

  private submit(count: number): void {
    const frame = Buffer.alloc(1 + count * SUBMIT_BYTES);
    const now = performance.now();
    frame[0] = 1;
    for (let at = 1; at < frame.length; at += SUBMIT_BYTES) {
      this.job = (this.job + 1) % JOB_NUMBERS;
      this.sentAt[this.job] = now;
      frame[at] = 1;
      frame.writeUInt32LE(this.job, at + 1);
      frame.writeDoubleLE(1, at + 9);
    }
    this.generator.send(frame);
  }

  private ended(frame: Buffer): void {
    const count = (frame.length - 1) / OUTCOME_BYTES;
    this.completed += count;
    if (this.latencies !== undefined) {
      const now = performance.now();
      for (let at = 1; at < frame.length; at += OUTCOME_BYTES) {
        this.latencies.push(now - this.sentAt[frame.readUInt32LE(at + 1)]);
      }
    }
    if (this.refill) this.submit(count);
  }
}

/** A node with one server that completes every job at once. */
async function node(url: string, number: number): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, "open");
  socket.on("message", (data, isBinary) => {
    if (!isBinary) return;
    // An assignment becomes a completion: another kind, and a time at the server in place of the work.
    const frame = Buffer.from(data as Buffer);
    for (let at = 1; at < frame.length; at += SUBMIT_BYTES) {
      frame[at] = 4;
      frame.fill(0, at + 9, at + SUBMIT_BYTES);
    }
    socket.send(frame);
  });
  const server = { number, buffer: null, discipline: "fifo", initialRate: 1 };
  socket.send(
    JSON.stringify({ type: "hello", role: "server-node", protocol: 1, name: `node-${number}`, servers: [server] }),
  );
  // The answer: it is known. A refusal closes the socket instead.
  await Promise.race([
    once(socket, "message"),
    once(socket, "close").then(([, why]) => Promise.reject(new Error(String(why)))),
  ]);
  return socket;
}
