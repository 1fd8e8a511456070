import type { Channel, ChannelOwner } from "../live/channel.js";
import { ModelClock } from "../live/clock.js";
import { Dialer } from "../live/dial.js";
import { DueTimer } from "../live/due-timer.js";
import {
  type FromLoadGenerator,
  type LoadGeneratorHello,
  PROTOCOL_VERSION,
  readMessage,
  toLoadGenerator,
} from "../live/messages.js";
import { type Outcome, type RecordHandlers, readFrame } from "../live/wire.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import { randomStream } from "../model/random.js";
import { HELD_UP_TIME } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { poissonArrivals } from "./arrivals/poisson.js";
import { Generator } from "./generator.js";

export interface LoadGeneratorOptions {
  readonly dispatcherUrl: string;
  readonly name: string;
  readonly seed: string;
  readonly arrivalRate: Rate;
  readonly backlog: number;
  readonly timeUnitSeconds: number;
  log(message: string): void;
}

/** What the generator has seen since it started; times in model time. */
export interface GeneratorTotals {
  /** Jobs sent to the dispatcher. */
  sent: number;
  /** Jobs that were due while there was no dispatcher. */
  unsent: number;
  completed: number;
  blocked: number;
  lost: number;
  /** Actual minus intended send time. */
  lagTotal: ModelTime;
  lagMax: ModelTime;
  /** Jobs sent later than HELD_UP_TIME. */
  heldUp: number;
  /** From intended sending to the news of completion. */
  sojournTotal: ModelTime;
}

/** Wall-clock time between two messages on how the schedule is kept. */
const SCHEDULE_MESSAGE_MILLISECONDS = 500;

/**
 * Drives the generator in wall-clock time, open loop: each job has its send time before anything is known of the earlier
 * ones, and a job sent late changes nothing for the next.
 */
export class LoadGenerator implements ChannelOwner {
  readonly totals: GeneratorTotals = {
    sent: 0,
    unsent: 0,
    completed: 0,
    blocked: 0,
    lost: 0,
    lagTotal: 0,
    lagMax: 0,
    heldUp: 0,
    sojournTotal: 0,
  };
  private readonly dialer: Dialer;
  private readonly messages: NodeJS.Timeout;
  private channel: Channel | undefined;
  private schedule: { clock: ModelClock; generator: Generator; timer: DueTimer } | undefined;
  private started = false;
  /** Intended send times of the jobs under way. */
  private readonly underWay = new Map<number, ModelTime>();

  private readonly handlers: RecordHandlers = { outcome: (job, outcome) => this.ended(job, outcome) };

  constructor(private readonly options: LoadGeneratorOptions) {
    this.messages = setInterval(() => this.reportSchedule(), SCHEDULE_MESSAGE_MILLISECONDS);
    this.dialer = new Dialer({
      url: options.dispatcherUrl,
      opened: (channel) => this.opened(channel),
      failed: (reason, retry) =>
        options.log(`no dispatcher at ${options.dispatcherUrl} (${reason}); next try in ${retry} ms`),
    });
  }

  /** Whether the dispatcher has told it to start, and is still there. */
  get running(): boolean {
    return this.started;
  }

  stop(): void {
    clearInterval(this.messages);
    this.schedule?.timer.clear();
    this.dialer.stop();
  }

  receiveFrame(frame: Buffer): void {
    readFrame(frame, this.handlers);
  }

  receiveText(text: string): void {
    if (readMessage(toLoadGenerator, text).type === "start") this.start();
  }

  closed(): void {
    this.channel = undefined;
    this.started = false;
    this.totals.lost += this.underWay.size;
    this.underWay.clear();
  }

  private opened(channel: Channel): ChannelOwner {
    this.channel = channel;
    const hello: LoadGeneratorHello = {
      type: "hello",
      role: "load-generator",
      protocol: PROTOCOL_VERSION,
      name: this.options.name,
    };
    channel.send(hello);
    return this;
  }

  private start(): void {
    this.started = true;
    if (this.schedule !== undefined) return;
    const { seed, arrivalRate, backlog, timeUnitSeconds } = this.options;
    const arrivals = poissonArrivals(arrivalRate, randomStream(seed, "arrivals"));
    const clock = new ModelClock(timeUnitSeconds);
    const works = exponentialJobSizes.sequence(randomStream(seed, "works"));
    const generator = new Generator(arrivals, works, clock.now(), backlog);
    this.schedule = { clock, generator, timer: new DueTimer(clock, () => this.sendDue()) };
    this.sendDue();
  }

  /** Sends every job whose time has come. */
  private sendDue(): void {
    if (this.schedule === undefined) return;
    const { clock, generator, timer } = this.schedule;
    const now = clock.now();
    while (generator.nextArrivalTime <= now) {
      const intended = generator.nextArrivalTime;
      const work = generator.take();
      if (this.started && this.channel !== undefined) this.sendJob(intended, now, work);
      else this.totals.unsent++;
    }
    timer.set(generator.nextArrivalTime);
  }

  private sendJob(intended: ModelTime, now: ModelTime, work: number): void {
    const job = ++this.totals.sent;
    this.totals.lagTotal += now - intended;
    this.totals.lagMax = Math.max(this.totals.lagMax, now - intended);
    if (now - intended > HELD_UP_TIME) this.totals.heldUp++;
    this.underWay.set(job, intended);
    this.channel?.records().submit(job, 0, work);
  }

  private ended(job: number, outcome: Outcome): void {
    const intended = this.underWay.get(job);
    if (intended === undefined || this.schedule === undefined) return;
    this.underWay.delete(job);
    this.totals[outcome]++;
    if (outcome === "completed") this.totals.sojournTotal += this.schedule.clock.now() - intended;
  }

  private reportSchedule(): void {
    if (!this.started) return;
    const seconds = (time: ModelTime): number => time * this.options.timeUnitSeconds;
    const message: FromLoadGenerator = {
      type: "schedule",
      sent: this.totals.sent,
      lagTotalSeconds: seconds(this.totals.lagTotal),
      lagMaxSeconds: seconds(this.totals.lagMax),
      heldUp: this.totals.heldUp,
      completed: this.totals.completed,
      sojournTotalSeconds: seconds(this.totals.sojournTotal),
    };
    this.channel?.send(message);
  }
}
