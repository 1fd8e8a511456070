import { divided } from "../experiments/division.js";
import type { Phase } from "../experiments/run.js";
import type { Experiment, Views } from "../experiments/scenario.js";
import type { MessageDelay } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import { fleet } from "../scenarios/fleet/index.js";
import type { Task } from "../simulator/parallel/task.js";
import { type Observer, Twin } from "../simulator/twin.js";
import { type Sample, sparse } from "./sample.js";

/** A fleet but for its policy: what can be sent to a thread. */
export interface FleetSetup {
  /** Settings of scenario fleet. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly dispatchers: number;
  readonly views: Views;
  /** Of messages to servers, and from them: those of the fleet itself, which depend on zones, if left out. */
  readonly messageDelay?: MessageDelay;
  readonly noticeDelay?: MessageDelay;
}

/** A run of a fleet; those of the same replication have the same arrivals, sizes and servers, whatever the policy. */
export interface ReplicationInput extends FleetSetup {
  readonly replication: number;
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
}

/** The fleet as an experiment. Throws UserError if a setting is invalid, or if its queues certainly grow for ever. */
export function experimentOf({ settings, seed, dispatchers, views }: FleetSetup): Experiment {
  return divided(fleet.configure(settings, seed), { dispatchers, views });
}

/** Simulates one replication, and counts what happens after its warm-up. */
export function replicate(input: ReplicationInput): Sample {
  const { seed, messageDelay, noticeDelay, warmUpTime, measuringTime } = input;
  const course = new Course(warmUpTime, measuringTime);
  const { system } = experimentOf(input);
  const twin = new Twin({ system, run: course, seed, replication: input.replication, messageDelay, noticeDelay });
  while (course.phase === "warming up") twin.next();
  const before = totalsOf(twin);
  twin.finish();
  const after = totalsOf(twin);
  return {
    offered: after.offered - before.offered,
    blocked: after.blocked - before.blocked,
    timedOut: after.timedOut - before.timedOut,
    messages: after.messages - before.messages,
    gained: after.jobs - before.jobs,
    sojournTime: after.sojournTime - before.sojournTime,
    ...sparse(after.counts.map((count, bin) => count - before.counts[bin])),
  };
}

function totalsOf({ view, inFlight, dispatchers: [{ times }] }: Twin) {
  const { offered, blocked, timedOut } = view.totals;
  const { messages } = view.information;
  // The dispatchers of a twin add the times of their jobs in one place.
  const { counts, sum: sojournTime } = times.all.sojourn;
  return { offered, blocked, timedOut, messages, jobs: inFlight, sojournTime, counts: counts.slice() };
}

/** A warm-up, and a time to measure; nothing is judged. */
class Course implements Observer {
  phase: Phase = "waiting";

  constructor(
    private readonly warmUpTime: ModelTime,
    private readonly measuringTime: ModelTime,
  ) {}

  start(): void {
    this.phase = "warming up";
  }

  observeServer(): void {}

  tick(now: ModelTime): void {
    if (now >= this.warmUpTime + this.measuringTime) this.phase = "finished";
    else if (now >= this.warmUpTime) this.phase = "measuring";
  }
}

/** `replicate` as a task for worker threads. */
export const replication: Task<ReplicationInput, Sample> = {
  module: import.meta.url,
  name: "replication",
  run: replicate,
};
