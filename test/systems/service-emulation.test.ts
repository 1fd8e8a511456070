import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { readFrame } from "../../live/wire/frame-reader.js";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { exponential, randomStream } from "../../model/random.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";
import { LiveProcesses } from "../support/live-processes.js";
import { metric, scrape } from "../support/scrape.js";

const SERVERS = 20;
const MEAN_SECONDS = 0.01;

const live = new LiveProcesses();
const burners: ChildProcess[] = [];
let dispatcher: WebSocketServer;

/** A loaded machine: two processes that never pause, on however many cores there are. */
beforeEach(() => {
  dispatcher = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  for (let i = 0; i < 2; i++) burners.push(spawn(process.execPath, ["-e", "for (;;);"]));
});

afterEach(async () => {
  for (const burner of burners.splice(0)) burner.kill("SIGKILL");
  for (const socket of dispatcher.clients) socket.terminate();
  dispatcher.close();
  await live.end();
});

/** A node of 20 servers with a mean service time of 10 ms, its connection, and its metrics page. */
async function startNode(): Promise<{ socket: WebSocket; metricsUrl: string }> {
  if (dispatcher.address() === null) await once(dispatcher, "listening");
  live.serverNode(
    `http://127.0.0.1:${(dispatcher.address() as AddressInfo).port}`,
    ...["--servers", String(SERVERS), "--buffer", "infinite", "--time-unit", `${MEAN_SECONDS}s`],
    ...["--rate-control", "fixed", "--initial-rates", "constant:1", "--metrics-port", "0"],
  );
  const [socket] = (await once(dispatcher, "connection")) as [WebSocket];
  const [hello] = await once(socket, "message");
  const welcome = { type: "welcome", dispatcher: "test", resumed: false, received: 0, leaseSeconds: 600, now: 0 };
  socket.send(JSON.stringify(welcome));
  return { socket, metricsUrl: JSON.parse(String(hello)).metricsUrl };
}

interface Completion {
  readonly work: number;
  /** By our clock. */
  readonly sentAtSeconds: number;
  readonly arrivedAtSeconds: number;
  /** By the node's account. */
  readonly timeAtServerSeconds: number;
}

/** Plays the dispatcher: keeps `held` jobs at each server until each has done `jobsPerServer`. Completions by server. */
function serve(socket: WebSocket, jobsPerServer: number, held: number): Promise<Completion[][]> {
  const random = randomStream("emulation", `works/${held}`);
  const sent: { work: number; sentAtSeconds: number }[][] = Array.from({ length: SERVERS }, () => []);
  const completions: Completion[][] = sent.map(() => []);
  const send = (server: number, writer: FrameWriter): void => {
    const work = exponential(random, 1);
    writer.assign(server, sent[server].push({ work, sentAtSeconds: performance.now() / 1000 }), 0, 0, work);
  };
  const first = new FrameWriter();
  for (let job = 0; job < held; job++) for (let server = 0; server < SERVERS; server++) send(server, first);
  socket.send(first.take(1));
  let frames = 1;
  return new Promise((resolve) => {
    let left = SERVERS * jobsPerServer;
    socket.on("message", (data, isBinary) => {
      if (!isBinary) return;
      const arrivedAtSeconds = performance.now() / 1000;
      const next = new FrameWriter();
      readFrame(data as Buffer, {
        complete(server, assignment, timeAtServer) {
          const job = sent[server][assignment - 1];
          completions[server].push({ ...job, arrivedAtSeconds, timeAtServerSeconds: timeAtServer * MEAN_SECONDS });
          if (sent[server].length < jobsPerServer) send(server, next);
          left--;
        },
        report: () => undefined,
      });
      if (!next.isEmpty) socket.send(next.take(++frames));
      if (left === 0) resolve(completions);
    });
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("emulated service at a mean of 10 ms on a loaded machine", () => {
  it("has the mean that it claims, within 0.5 %, by a clock outside: lateness does not accumulate", async () => {
    const { socket } = await startNode();
    const jobs = 800;
    // As many wait at each server that none is ever idle; so completions are apart by what the services take.
    const waiting = 50;
    const ofServers = await serve(socket, jobs, waiting);
    const took = ofServers.map((done) => done[jobs - 1].arrivedAtSeconds - done[waiting].arrivedAtSeconds);
    const services = ofServers.flatMap((done) => done.slice(waiting + 1));
    const claimed = sum(services.map(({ work }) => work)) * MEAN_SECONDS;
    expect(Math.abs(sum(took) / claimed - 1)).toBeLessThan(0.005);
    for (const done of ofServers) {
      let earliest = done[0].sentAtSeconds;
      for (const { work, arrivedAtSeconds } of done) {
        earliest += work * MEAN_SECONDS;
        expect(arrivedAtSeconds).toBeGreaterThanOrEqual(earliest);
      }
    }
  });

  it("has the exponential law, and lateness is on /metrics as it is seen outside", async () => {
    const { socket, metricsUrl } = await startNode();
    const done = (await serve(socket, 200, 1)).flat();
    for (const { work, timeAtServerSeconds } of done) expect(timeAtServerSeconds).toBeCloseTo(work * MEAN_SECONDS, 12);
    const times = done.map(({ timeAtServerSeconds }) => timeAtServerSeconds);
    expect(kolmogorovSmirnov(times, (x) => 1 - Math.exp(-x / MEAN_SECONDS), 1e-4)).toBeLessThan(1);

    const metrics = await scrape(metricsUrl);
    expect(metric(metrics, "equipoise_delivery_count_total")).toBe(done.length);
    const lateness = metric(metrics, "equipoise_delivery_lateness_seconds_total");
    expect(lateness).toBeGreaterThan(0);
    // Outside there is the way of two messages on top of it.
    const late = sum(done.map((job) => job.arrivedAtSeconds - job.sentAtSeconds - job.timeAtServerSeconds));
    expect(late).toBeGreaterThanOrEqual(lateness);
    expect(metric(metrics, "equipoise_delivery_lateness_max_seconds")).toBeGreaterThanOrEqual(lateness / done.length);
  });
});
