import { connect } from "node:net";
import { type Dispatcher, Pool } from "undici";
import { BUFFER_FULL, httpAnswer } from "../../live/http-jobs.js";
import type { Outcome } from "../../live/record-kinds.js";
import { messageOf } from "../../model/errors.js";
import type { Work } from "../../model/units.js";
import type { Target, TargetEvents } from "./target.js";

export interface HttpAddress {
  /** Where jobs are posted, e.g. http://127.0.0.1:8080/jobs. */
  readonly url: string;
  /** Connections at most: a job holds one until it has ended, and waits here for one if there is none. */
  readonly connections: number;
  log(message: string): void;
}

const RETRY_MILLISECONDS = 500;

/**
 * Server nodes behind any balancer that speaks HTTP: a job is a `POST` with its work, answered when it has been served.
 * 503 from a server means that it was blocked; any other answer, or none, that it was lost.
 */
export class HttpTarget implements Target {
  open = false;
  /** Jobs without a connection wait in the pool: `--max-in-flight` bounds them. */
  readonly congested = false;
  private readonly pool: Pool;
  private readonly path: string;
  private readonly retry: NodeJS.Timeout;
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
    this.retry = setInterval(() => this.probe(), RETRY_MILLISECONDS);
    this.probe();
  }

  submit(job: number, taskType: number, work: Work): void {
    const ended = (outcome: Outcome, waitingTime?: number): void => void this.events.ended(job, outcome, waitingTime);
    this.pool.dispatch(
      {
        path: this.path,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ work, taskType }),
      },
      this.answerHandler(ended),
    );
  }

  report(): void {}

  stop(): void {
    clearInterval(this.retry);
    void this.pool.destroy();
  }

  private answerHandler(ended: (outcome: Outcome, waitingTime?: number) => void): Dispatcher.DispatchHandlers {
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

  private served(body: string, ended: (outcome: Outcome, waitingTime?: number) => void): void {
    try {
      const answer = httpAnswer.safeParse(JSON.parse(body));
      ended("completed", answer.data?.waitingTime);
    } catch {
      this.lost("answers with something else than JSON", ended);
    }
  }

  /** A lost job is one line in the log the first time only: there may be thousands a second. */
  private lost(why: string, ended: (outcome: Outcome) => void): void {
    if (this.failures++ === 0) this.address.log(`${this.address.url}: ${why}; the job is lost`);
    ended("lost");
  }

  /** Is there somebody who listens? */
  private probe(): void {
    const { hostname, port, protocol } = new URL(this.address.url);
    const socket = connect({ host: hostname, port: Number(port || (protocol === "https:" ? 443 : 80)) });
    socket.once("connect", () => {
      socket.destroy();
      if (this.open) return;
      clearInterval(this.retry);
      this.open = true;
      this.events.opened();
    });
    socket.once("error", (error) => {
      socket.destroy();
      if (this.failures++ === 0) this.address.log(`nobody at ${this.address.url} (${messageOf(error)}); trying again`);
    });
  }
}
