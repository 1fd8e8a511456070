import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import type { Alarm, Clock } from "../live/clock.js";
import { LOOPBACK } from "../live/endpoints.js";
import { BUFFER_FULL, type HttpAnswer, type HttpTotals, httpJob } from "../live/http-jobs.js";
import { UserError } from "../model/errors.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import { randomStream } from "../model/random.js";
import type { ServerModel } from "../model/server-model.js";
import { noServerTotals, type ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import type { EmulatedServer } from "./emulated-server.js";
import { rateControlFor } from "./rate-control/index.js";
import { serverFor } from "./server-for.js";

export interface HttpNodeOptions {
  readonly seed: string;
  readonly firstServer: number;
  readonly servers: number;
  readonly model: ServerModel;
  readonly clock: Clock;
  /** Port of the first server, the next ones follow; 0 for any free ones. */
  readonly firstPort: number;
}

/** What a job may take in bytes: no honest one comes near it. */
const LARGEST_JOB_BYTES = 1024;

interface Waiting {
  readonly acceptedAt: ModelTime;
  readonly response: ServerResponse;
}

/**
 * Servers that take jobs over HTTP, each on a port of its own, so that any balancer can stand in front of them:
 * `POST /jobs` is answered when the job has been served, or with 503 at once when the buffer is full. They serve as they do
 * behind a dispatcher: due times are accounted, however late the answer leaves.
 */
export class HttpNode {
  /** How late answers left, since the node started. */
  readonly lateness = { deliveries: 0, totalSeconds: 0, maxSeconds: 0 };
  readonly connected = true;
  private readonly servers: EmulatedServer[];
  /** Of each server, the jobs it holds, by their numbers. */
  private readonly waiting: Map<number, Waiting>[];
  /** Of each server, the jobs that it did not take. */
  private readonly refused: Float64Array;
  /** When each server last completed a job. */
  private readonly lastDue: Float64Array;
  private readonly dueTimes: IndexedHeap;
  private readonly timer: Alarm;
  private readonly listeners: HttpServer[] = [];
  private draining = false;
  private readonly totals = noServerTotals();

  constructor(private readonly options: HttpNodeOptions) {
    const { model, seed, firstServer, servers, clock } = options;
    const rateControl = rateControlFor(model.rateControl);
    const now = clock.now();
    this.servers = Array.from({ length: servers }, (_, i) =>
      serverFor(
        model,
        rateControl,
        initialRate(model.initialRates, seed, firstServer + i, i),
        now,
        randomStream(seed, `services/${firstServer + i}`),
      ),
    );
    this.waiting = this.servers.map(() => new Map());
    this.refused = new Float64Array(servers);
    this.lastDue = new Float64Array(servers);
    this.dueTimes = new IndexedHeap(servers);
    this.timer = clock.alarm(() => this.completeDue());
  }

  /** Starts to listen. Returns the port of each server. Throws UserError if one is taken. */
  async listen(): Promise<number[]> {
    for (const index of this.servers.keys()) {
      const listener = createServer((request, response) => this.receive(index, request, response));
      // A balancer closes connections that it does not need; a server that does it first fails the next job on them.
      listener.keepAliveTimeout = 0;
      this.listeners.push(listener);
      const { firstPort } = this.options;
      await listen(listener, firstPort === 0 ? 0 : firstPort + index);
    }
    return this.listeners.map((listener) => (listener.address() as AddressInfo).port);
  }

  /** Takes no new jobs, finishes those it holds, and then calls `done`. */
  drain(done: () => void): void {
    this.draining = true;
    let open = this.listeners.length;
    for (const listener of this.listeners) {
      // Calls back when every connection has ended: the idle ones now, the others with their answers.
      listener.close(() => {
        open--;
        if (open === 0) done();
      });
      listener.closeIdleConnections();
    }
  }

  /** Calls back with every server's number, totals and rate at this moment. */
  look(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void {
    this.completeDue();
    const now = this.options.clock.now();
    for (const [index, server] of this.servers.entries()) {
      // A job may have come due since; then the look is as of that moment.
      const moment = Math.min(now, server.dueTime);
      server.observe(moment, this.totals);
      each(this.options.firstServer + index, this.totals, server.rateAt(moment));
    }
  }

  private receive(index: number, request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "GET" && request.url === "/healthz") {
      response.end("ok\n");
      return;
    }
    if (request.method === "GET" && request.url === "/totals") {
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(this.totalsOfAll()));
      return;
    }
    if (request.method !== "POST" || request.url !== "/jobs") {
      refuse(response, 404, "post jobs to /jobs");
      return;
    }
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
      if (body.length <= LARGEST_JOB_BYTES) return;
      refuse(response, 413, `a job has at most ${LARGEST_JOB_BYTES} bytes`);
      request.destroy();
    });
    request.on("end", () => {
      const job = readJob(body);
      if (job === undefined) refuse(response, 400, 'a job is {"work": NUMBER >= 0}');
      else this.accept(index, job.work, response);
    });
  }

  private accept(index: number, work: Work, response: ServerResponse): void {
    this.completeDue();
    const server = this.servers[index];
    // A job may come due between two looks at the clock.
    const now = Math.min(this.options.clock.now(), server.dueTime);
    if (this.draining || !server.accept(now, work)) {
      this.refused[index]++;
      refuse(response, 503, this.draining ? "the server is leaving" : BUFFER_FULL);
      return;
    }
    this.waiting[index].set(server.accepted, { acceptedAt: now, response });
    this.dueTimes.set(index, server.dueTime);
    this.timer.set(this.dueTimes.firstKey);
  }

  /** Answers every job whose due time has passed. */
  private completeDue(): void {
    const { clock, firstServer, model } = this.options;
    const now = clock.now();
    while (this.dueTimes.firstKey <= now) {
      const index = this.dueTimes.first;
      const server = this.servers[index];
      const due = server.dueTime;
      const late = clock.seconds(now - due);
      const timeAtServer = server.completeNext();
      this.dueTimes.set(index, server.dueTime);
      this.lateness.deliveries++;
      this.lateness.totalSeconds += late;
      this.lateness.maxSeconds = Math.max(this.lateness.maxSeconds, late);
      const job = this.waiting[index].get(server.lastCompleted);
      this.waiting[index].delete(server.lastCompleted);
      // First in first out: service begins at acceptance or when the one before is done. In a pool nobody waits.
      const waitingTime = model.discipline === "fifo" ? Math.max(0, this.lastDue[index] - (job?.acceptedAt ?? due)) : 0;
      this.lastDue[index] = due;
      if (this.draining) job?.response.setHeader("Connection", "close");
      const answer: HttpAnswer = { server: firstServer + index, timeAtServer, waitingTime };
      job?.response.setHeader("Content-Type", "application/json").end(JSON.stringify(answer));
    }
    this.timer.set(this.dueTimes.firstKey);
  }

  private totalsOfAll(): HttpTotals {
    const servers: HttpTotals["servers"][number][] = [];
    this.look((number, totals, rate) => {
      const index = number - this.options.firstServer;
      servers.push({
        number,
        rate,
        refused: this.refused[index],
        accepted: this.servers[index].accepted,
        totals: { ...totals },
      });
    });
    return { servers };
  }
}

function readJob(body: string): z.infer<typeof httpJob> | undefined {
  try {
    return httpJob.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain").end(`${why}\n`);
}

function listen(listener: HttpServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") reject(new UserError(`port ${port} is taken: choose another --http-port`));
      else reject(error);
    });
    listener.listen(port, LOOPBACK, resolve);
  });
}
