import type { Run } from "../../experiments/run.js";
import type { Clock } from "../../live/clock.js";
import { PeerError } from "../../model/errors.js";
import { withLastBits } from "../../model/last-bits.js";
import type { Standing } from "../../model/standing.js";
import type { ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { BLOCKED, type Dispatcher } from "../core/dispatcher.js";
import type { RunWatch } from "../observation/run-watch.js";
import type { JobOrigins } from "./job-origins.js";
import type { NodeConnection, NodeRoster } from "./node-roster.js";
import type { ToldNews } from "./told-news.js";

interface Parts {
  readonly dispatcher: Dispatcher;
  readonly run: Run;
  readonly clock: Clock;
  readonly watch: RunWatch;
  readonly roster: NodeRoster;
  readonly origins: JobOrigins;
  readonly news: ToldNews;
  /** Makes the run void if the job balance is violated in this way. */
  checkBalance(imbalance: string | undefined): void;
}

/** What servers tell of their jobs and queues, record by record, as events of the dispatcher. All throw PeerError. */
export class ServerRecords {
  constructor(
    private readonly parts: Parts,
    /** When the frame that is being read has arrived. */
    private readonly arrivedAt: () => ModelTime,
  ) {}

  /** A server has completed the job whose number has these last 32 bits. */
  completed(node: NodeConnection, index: number, lastBits: number, timeAtServer: ModelTime): void {
    const { dispatcher, watch } = this.parts;
    const server = serverOf(node, index);
    const isInTime = dispatcher.complete(this.arrivedAt(), server, this.assignmentWith(server, lastBits), timeAtServer);
    watch.jobCompleted(dispatcher.books.lastSojournTime);
    this.parts.roster.trust(server);
    if (isInTime) this.parts.origins.completed();
    else this.parts.origins.timedOut();
  }

  /** A server has abandoned the job whose number has these last 32 bits, because its client has given up. */
  abandoned(node: NodeConnection, index: number, lastBits: number, timeAtServer: ModelTime): void {
    const server = serverOf(node, index);
    this.parts.dispatcher.abandoned(this.arrivedAt(), server, this.assignmentWith(server, lastBits), timeAtServer);
    this.parts.origins.timedOut();
  }

  /** A server refuses a job, which is sent to another. A server that fails its jobs quickly must not attract more of them. */
  refused(node: NodeConnection, index: number, lastBits: number): void {
    const { dispatcher, clock, run, watch } = this.parts;
    const server = serverOf(node, index);
    const assignment = this.assignmentWith(server, lastBits);
    if (!dispatcher.hasJob(server, assignment))
      throw new PeerError(`refuses job ${assignment}, which it does not have`);
    this.parts.roster.refusedJob(server);
    const what = `server ${node.serverNumbers[index]} of ${node.name} refused a job`;
    watch.happened("fault", what);
    run.fault(`${what} while measuring`);
    if (dispatcher.refuse(clock.now(), server, assignment) === BLOCKED) this.parts.origins.lost();
  }

  /** A server reports its standing relative to its threshold. */
  stood(node: NodeConnection, index: number, standing: Standing, threshold: number, accepted: number): void {
    const server = serverOf(node, index);
    this.parts.dispatcher.reported(server, standing, threshold, this.assignmentWith(server, accepted));
  }

  /** A server answers a probe. */
  answered(node: NodeConnection, index: number, jobs: number, latency: ModelTime): void {
    this.parts.dispatcher.answered(this.arrivedAt(), serverOf(node, index), jobs, latency);
  }

  /** The number of a job of a server, of which the last 32 bits are on the wire. */
  private assignmentWith(server: number, lastBits: number): number {
    return withLastBits(this.parts.dispatcher.assignments(server), lastBits);
  }

  /** A server that other dispatchers have filled turns a job away, which is blocked. */
  turnedAway(node: NodeConnection, index: number, assignment: number): void {
    const { dispatcher } = this.parts;
    const server = serverOf(node, index);
    dispatcher.turnedAway(this.arrivedAt(), server, this.assignmentWith(server, assignment));
    this.parts.roster.turnedAway(server);
    this.parts.origins.blocked();
  }

  /** A server tells its queue length, for the policy or to be measured. */
  toldQueue(node: NodeConnection, index: number, ...news: [number, number, ModelTime, ModelTime]): void {
    this.parts.news.queue(this.arrivedAt(), serverOf(node, index), node.serverNumbers[index], ...news);
  }

  /** A server gives its token, since it is idle, or withdraws it. */
  toldToken(node: NodeConnection, index: number, ...news: [boolean, number, ModelTime, ModelTime]): void {
    this.parts.news.token(this.arrivedAt(), serverOf(node, index), ...news);
  }

  reported(node: NodeConnection, index: number, totals: ServerTotals, rate: Rate, completed: number): void {
    const { run, watch } = this.parts;
    serverOf(node, index);
    const number = this.parts.roster.measuredAs(node, index);
    run.observeServer(number, totals, rate);
    watch.serverReported(number, totals, rate);
    this.parts.checkBalance(this.parts.roster.imbalance(node, index, completed));
  }
}

function serverOf(node: NodeConnection, index: number): number {
  const server = node.servers[index];
  if (server === undefined)
    throw new PeerError(`refers to server ${index} although it announced ${node.servers.length}`);
  return server;
}
