import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import type { Gate } from "../live/http/access.js";
import { LOOPBACK } from "../live/http/endpoints.js";
import { BUFFER_FULL, type HttpAnswer, type HttpTotals, httpJob } from "../live/http/http-jobs.js";
import type { Lateness } from "../live/lateness.js";
import { UserError } from "../model/errors.js";
import { jobLabel } from "../model/job-label.js";
import { FleetTimes, type JobGroups } from "../model/statistics/job-times.js";
import type { ServerTotals } from "../model/totals.js";
import type { Rate, Work } from "../model/units.js";
import { DueServers, type DueServersOptions } from "./due-servers.js";
import type { EmulatedServer } from "./emulated-server.js";

export interface HttpNodeOptions extends DueServersOptions {
  /** Port of the first server; the others follow. 0 for any free ports. */
  readonly firstPort: number;
  /** Whose times are told apart; there is no dispatcher. */
  readonly timesApart: JobGroups;
  /** The class of each server, from 0 on. */
  readonly classes: readonly number[];
  /** Refuses pages of other sites. */
  readonly gate: Gate;
}

/** A job that a server holds: its label, and what answers it. */
interface HeldJob {
  readonly label: number;
  readonly response: ServerResponse;
}

/** Most bytes of a job's body, far more than a valid one needs. */
const LARGEST_JOB_BYTES = 1024;

/**
 * Servers that take jobs over HTTP, each on a port of its own, behind any balancer: `POST /jobs` is answered when the job has
 * been served, or at once with 503 if the buffer is full. As behind a dispatcher, service is accounted by due times, however
 * late the answer is sent.
 */
export class HttpNode {
  readonly connected = true;
  private readonly due: DueServers;
  private readonly servers: readonly EmulatedServer[];
  /** The jobs held by each server, by their numbers. */
  private readonly waiting: Map<number, HeldJob>[];
  /** The number of jobs refused by each server. */
  private readonly refused: Float64Array;
  /** Of the jobs that have arrived. */
  private readonly sizes = { work: 0, squaredWork: 0 };
  private readonly times: FleetTimes;
  private readonly listeners: HttpServer[] = [];
  private draining = false;

  constructor(private readonly options: HttpNodeOptions) {
    this.times = new FleetTimes(options.timesApart);
    this.due = new DueServers(options, () => this.completeDue());
    this.servers = this.due.servers;
    this.waiting = this.servers.map(() => new Map());
    this.refused = new Float64Array(options.servers);
  }

  /** How late answers were sent, since the node started. */
  get lateness(): Readonly<Lateness> {
    return this.due.lateness;
  }

  /** Starts listening. Returns the port of each server. Throws UserError if one is taken. */
  async listen(): Promise<number[]> {
    for (const index of this.servers.keys()) {
      const listener = createServer((request, response) => this.receive(index, request, response));
      // Closing idle connections is left to the balancer: if the server did, the next job sent on one would fail.
      listener.keepAliveTimeout = 0;
      this.listeners.push(listener);
      const { firstPort } = this.options;
      await listen(listener, firstPort === 0 ? 0 : firstPort + index);
    }
    return this.listeners.map((listener) => (listener.address() as AddressInfo).port);
  }

  /** Takes no new jobs, finishes those held, and then calls `done`. */
  drain(done: () => void): void {
    this.draining = true;
    let open = this.listeners.length;
    for (const listener of this.listeners) {
      // Calls back when every connection has ended: idle ones now, the others with their answers.
      listener.close(() => {
        open--;
        if (open === 0) done();
      });
      listener.closeIdleConnections();
    }
  }

  /** Calls back with every server's number and its current totals and rate. */
  observe(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void {
    this.completeDue();
    this.due.observe(each);
  }

  private receive(index: number, request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.options.gate.foreignPage(request);
    if (refusal !== undefined) {
      refuse(response, refusal.status, refusal.why);
      return;
    }
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
    // A form of another site's page can send text, but not this.
    if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
      refuse(response, 415, "a job must be sent as application/json");
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
      else this.accept(index, job.work, { label: jobLabel(job.taskType, job.jobType), response });
    });
  }

  private accept(index: number, work: Work, job: HeldJob): void {
    this.completeDue();
    const server = this.servers[index];
    const now = this.due.momentOf(server);
    this.sizes.work += work;
    this.sizes.squaredWork += work * work;
    if (this.draining || !server.accept(now, work)) {
      this.refused[index]++;
      refuse(job.response, 503, this.draining ? "the server is shutting down" : BUFFER_FULL);
      return;
    }
    this.waiting[index].set(server.accepted, job);
    this.due.moved(index);
    this.due.setAlarm();
  }

  /** Answers every job whose due time has passed. */
  private completeDue(): void {
    const { firstServer, classes } = this.options;
    this.due.completeDue((index, timeAtServer) => {
      const { lastCompleted, lastWaited: waitingTime } = this.servers[index];
      const { label = 0, response } = this.waiting[index].get(lastCompleted) ?? {};
      this.waiting[index].delete(lastCompleted);
      const serviceTime = timeAtServer - waitingTime;
      this.times.all.add(timeAtServer, serviceTime);
      if (this.times.isGrouped)
        this.times.addToGroups({ serverClass: classes[index], label, dispatcher: 0 }, timeAtServer, serviceTime);
      if (this.draining) response?.setHeader("Connection", "close");
      const answer: HttpAnswer = { server: firstServer + index, timeAtServer, waitingTime };
      response?.setHeader("Content-Type", "application/json").end(JSON.stringify(answer));
    });
  }

  private totalsOfAll(): HttpTotals {
    const servers: HttpTotals["servers"][number][] = [];
    this.observe((number, totals, rate) => {
      const index = number - this.options.firstServer;
      servers.push({
        number,
        rate,
        refused: this.refused[index],
        accepted: this.servers[index].accepted,
        totals: { ...totals },
      });
    });
    return { servers, ...this.sizes, times: this.times.bins() };
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
