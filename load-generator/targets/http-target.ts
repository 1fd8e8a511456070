import { connect } from "node:net";
import { type Dispatcher, Pool } from "undici";
import { BUFFER_FULL, httpAnswer } from "../../live/http/http-jobs.js";
import type { Outcome } from "../../live/wire/record-kinds.js";
import { messageOf } from "../../model/errors.js";
import { keyOf, typeOf } from "../../model/job-label.js";
import type { Work } from "../../model/units.js";
import type { ServedTimes, Target, TargetEvents } from "./target.js";

export interface HttpAddress {
  /** URL to which jobs are posted, e.g. http://127.0.0.1:8080/jobs. */
  readonly url: string;
  /** Most connections: a job occupies one until it has ended, and waits for a free one. */
  readonly connections: number;
  /** How long to wait until something listens there. */
  readonly patienceSeconds: number;
  log(message: string): void;
}

const RETRY_MILLISECONDS = 500;

/**
 * Server nodes behind any balancer that speaks HTTP: a job is a `POST` with its work, answered when it has been served.
 * A server's 503 means that the job was blocked; any other answer than that of a server, or none, that it was lost.
 */
export class HttpTarget implements Target {
  open = false;
  /** Jobs without a connection wait in the pool: `--max-in-flight` bounds them. */
  readonly congested = false;
  private readonly pool: Pool;
  private readonly path: string;
  private readonly retry: NodeJS.Timeout;
  private readonly patience: NodeJS.Timeout;
  private failures = 0;

  constructor(
    private readonly address: HttpAddress,
    private readonly events: TargetEvents,
  ) {
    const { origin, pathname, search } = new URL(address.url);
    this.path = pathname + search;
    this.pool = new Pool(origin, {
      connections: address.connections,
      pipelining: 1,
      bodyTimeout: 0,
      headersTimeout: 0,
    });
    this.patience = setTimeout(() => this.giveUp(), 1000 * address.patienceSeconds);
    this.retry = setInterval(() => this.probe(), RETRY_MILLISECONDS);
    this.probe();
  }

  accepts(): boolean {
    return this.open;
  }

  submit(job: number, label: number, work: Work): void {
    const taskType = keyOf(label);
    const jobType = typeOf(label);
    const ended = (outcome: Outcome, times?: ServedTimes): void => void this.events.ended(job, outcome, times);
    this.pool.dispatch(
      {
        path: this.path,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(jobType === 0 ? { work, taskType } : { work, taskType, jobType }),
      },
      this.answerHandler(ended),
    );
  }

  report(): void {}

  stop(): void {
    this.stopWaiting();
    void this.pool.destroy();
  }

  private stopWaiting(): void {
    clearInterval(this.retry);
    clearTimeout(this.patience);
  }

  private answerHandler(ended: (outcome: Outcome, times?: ServedTimes) => void): Dispatcher.DispatchHandlers {
    let status = 0;
    let body = "";
    return {
      onConnect: () => undefined,
      onHeaders: (statusCode) => {
        status = statusCode;
        return true;
      },
      onData: (chunk) => {
        body += chunk.toString();
        return true;
      },
      onComplete: () => {
        if (status === 200) this.served(body, ended);
        else if (status === 503 && body.startsWith(BUFFER_FULL)) ended("blocked");
        else this.lost(`answers with status ${status}`, ended);
      },
      onError: (error) => this.lost(messageOf(error), ended),
    };
  }

  private served(body: string, ended: (outcome: Outcome, times?: ServedTimes) => void): void {
    try {
      ended("completed", httpAnswer.parse(JSON.parse(body)));
    } catch {
      this.lost("does not answer as a server node does", ended);
    }
  }

  /** Logs only the first lost job: there may be thousands per second. */
  private lost(why: string, ended: (outcome: Outcome) => void): void {
    if (this.failures++ === 0) this.address.log(`${this.address.url}: ${why}; the job is lost`);
    ended("lost");
  }

  /** Tests whether anything listens at the URL. */
  private probe(): void {
    const { hostname, port, protocol } = new URL(this.address.url);
    const socket = connect({ host: hostname, port: Number(port || (protocol === "https:" ? 443 : 80)) });
    socket.once("connect", () => {
      socket.destroy();
      if (this.open) return;
      this.stopWaiting();
      this.open = true;
      this.events.opened();
    });
    socket.once("error", (error) => {
      socket.destroy();
      if (this.failures++ === 0)
        this.address.log(`nothing listens at ${this.address.url} (${messageOf(error)}); retrying`);
    });
  }

  private giveUp(): void {
    const { url, patienceSeconds, log } = this.address;
    log(`nothing has listened at ${url} for ${patienceSeconds} s (--patience)`);
    this.events.gaveUp();
  }
}
