import { setTimeout as sleep } from "node:timers/promises";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import { pooledSystem } from "../../theory/queues/pooled-system.js";
import { residentMegabytes } from "../measure.js";
import type { SoakReport } from "./soak-report.js";
import { SERVERS, type SoakOptions, SoakSystem } from "./system.js";

/** Arrival rate per server of unit rate: three in overload, and a half afterwards. */
const OVERLOAD = 3;
const NORMAL = 0.5;
const MOST_IN_FLIGHT = 1000;
/** Warm-up, while queues fill or empty. */
const WARM_UP_SECONDS = 5;
const RECOVERY_SECONDS = 20;
const SAMPLE_SECONDS = 0.25;
/** Confidence level of each of a handful of intervals. */
const CONFIDENCE = 0.9999;
/** Largest growth of the dispatcher's memory: its heap reaches its working size, but does not accumulate the load. */
const MOST_GROWTH_MEGABYTES = 60;

/**
 * A load of three, for half of the time with unit buffers, which block, and for half with infinite ones, where the dispatcher
 * limits the number of jobs in flight; each is followed by a normal load.
 */
export async function soakInOverload(seconds: number): Promise<SoakReport> {
  const loss = { buffer: "1", policy: "jiq", arrivalRate: OVERLOAD, flags: [] };
  const queues = {
    // Known to be unstable, it would be refused: the dispatcher does not know how much the generator sends.
    ...{ buffer: "infinite", policy: "jsq", arrivalRate: NORMAL },
    flags: ["--max-in-flight", String(MOST_IN_FLIGHT)],
  };
  const reports = [await overload(loss, SERVERS, seconds / 2), await overload(queues, MOST_IN_FLIGHT, seconds / 2)];
  return {
    lines: reports.flatMap(({ lines }) => lines),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

/** @param capacity most jobs in the system */
async function overload(options: SoakOptions, capacity: number, seconds: number): Promise<SoakReport> {
  const system = new SoakSystem(options);
  await system.start();
  const watch = new Watch(system, capacity);
  const { jobs } = await watch.during(() => system.send(OVERLOAD, seconds));
  const memory = watch.memoryMegabytes;
  watch.compare("in overload", OVERLOAD);
  const after = (await watch.during(() => system.send(NORMAL, RECOVERY_SECONDS))).jobs;
  watch.compare("afterwards", NORMAL);
  const { problems } = watch;
  for (const { sent, completed, blocked, lost } of [jobs, after])
    if (lost > 0 || sent !== completed + blocked) problems.push(`of ${sent} jobs ${lost} were lost`);
  const left = (await system.state())?.totals.inFlight;
  if (left !== 0) problems.push(`${left} jobs are still in flight`);
  const grown = memory[memory.length - 1] - memory[0];
  if (!(grown < MOST_GROWTH_MEGABYTES)) problems.push(`the dispatcher grew by ${grown.toFixed(0)} MB`);
  await system.end();
  return {
    lines: [
      `buffer ${options.buffer}, ${options.policy}, load ${OVERLOAD} for ${seconds} s: ${JSON.stringify(jobs)}`,
      ...watch.lines,
      `  dispatcher: ${memory[0]?.toFixed(0)} MB initially, ${Math.max(...memory).toFixed(0)} MB at most, ${memory.at(-1)?.toFixed(0)} MB at the end`,
    ],
    problems,
  };
}

/** Observes a dispatcher four times a second, and compares it with theory. */
class Watch {
  readonly lines: string[] = [];
  readonly problems: string[] = [];
  memoryMegabytes: number[] = [];
  private blocked = new RatioSeries();
  private sojourn = new RatioSeries();
  private messages = { delay: 0, heldUp: 0, jobs: 0 };

  constructor(
    private readonly system: SoakSystem,
    private readonly capacity: number,
  ) {}

  /** Observes while jobs are sent, after a warm-up. */
  async during<T>(send: () => Promise<T>): Promise<T> {
    this.blocked = new RatioSeries();
    this.sojourn = new RatioSeries();
    this.messages = { delay: 0, heldUp: 0, jobs: 0 };
    this.memoryMegabytes = [];
    const { system } = this;
    const offeredBefore = (await system.state())?.totals.offered ?? 0;
    const sent = send();
    while (((await system.state())?.totals.offered ?? 0) === offeredBefore) await sleep(100);
    await sleep(1000 * WARM_UP_SECONDS);
    for (let before = await system.state(); ; ) {
      await sleep(1000 * SAMPLE_SECONDS);
      const now = await system.state();
      if (before?.totals.offered === now?.totals.offered) return sent;
      if (now !== undefined && before !== undefined) this.count(before.totals, now);
      before = now;
    }
  }

  private count(before: DispatcherState["totals"], { totals, whyVoid }: DispatcherState): void {
    const completed = totals.completed - before.completed;
    this.blocked.add(totals.blocked - before.blocked, totals.offered - before.offered);
    this.sojourn.add(totals.sojournTime - before.sojournTime, completed);
    this.messages.delay += totals.messageDelay - before.messageDelay;
    this.messages.heldUp += totals.heldUp - before.heldUp;
    this.messages.jobs += completed;
    this.memoryMegabytes.push(residentMegabytes(this.system.dispatcher.pid ?? 0));
    if (whyVoid?.includes("job balance")) this.problems.push(whyVoid);
    if (totals.inFlight > this.capacity) this.problems.push(`${totals.inFlight} jobs were in flight`);
  }

  /**
   * With unit buffers the system is an Erlang loss system, insensitive to the distribution of the holding time, which is service
   * plus messages. If no server is ever idle, message delays have no effect. When a process pauses, jobs arrive in bursts, so
   * up to as many more may be blocked.
   */
  compare(when: string, load: number): void {
    const isLoss = this.capacity === SERVERS;
    const { delay, heldUp, jobs } = this.messages;
    const rate = isLoss ? 1 / (1 + delay / jobs) : 1;
    const totalArrivalRate = load * SERVERS;
    const serviceRates = new Array<number>(SERVERS).fill(rate);
    const { meanJobs, blockedFraction } = pooledSystem({ totalArrivalRate, serviceRates, capacity: this.capacity });
    const sojournTime = meanJobs / (totalArrivalRate * (1 - blockedFraction));
    this.weigh(`blocked fraction ${when}`, this.blocked, blockedFraction, heldUp / jobs);
    // If some servers can be idle while others have several jobs, the pooled system is only a bound.
    const isBound = !isLoss && load < 1;
    this.weigh(`mean sojourn time ${when}`, this.sojourn, sojournTime, isBound ? Number.POSITIVE_INFINITY : 0);
  }

  /** @param moreBy how much the value may exceed the prediction; Infinity if that is a lower bound */
  private weigh(what: string, series: RatioSeries, predicted: number, moreBy: number): void {
    const estimate = series.estimate();
    const { low, high } = confidenceInterval(estimate, CONFIDENCE);
    const shown = [estimate.value, low, high, predicted].map((value) => value.toPrecision(4));
    const upTo = Number.isFinite(moreBy) ? ` to ${(predicted + moreBy).toPrecision(4)}` : " or more";
    const claim = `${shown[3]}${moreBy === 0 ? "" : upTo}`;
    this.lines.push(`  ${what}: ${shown[0]} [${shown[1]}, ${shown[2]}], predicted ${claim}`);
    if (high < predicted || low > predicted + moreBy)
      this.problems.push(`${what} is ${shown[0]} where ${claim} is predicted`);
  }
}
