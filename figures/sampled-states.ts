import { Run } from "../experiments/run.js";
import type { FleetView, Measured, Measurement } from "../experiments/scenario.js";
import { NO_DELAY } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import { scenarioNamed } from "../scenarios/index.js";
import { systemFor } from "../simulator/engine.js";
import type { Task } from "../simulator/parallel/task.js";

/** A run whose states are sampled. */
export interface StatesInput {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly warmUpTime: ModelTime;
  /** Between two samples. */
  readonly interval: ModelTime;
  readonly samples: number;
}

/** The state at one time. */
export interface StateSample {
  readonly jobs: number;
  readonly idleServers: number;
  /** Jobs not in service. */
  readonly waitingJobs: number;
}

/** Samples the state of a simulated system at regular intervals. */
function sampleStates(input: StatesInput): StateSample[] {
  const { settings, seed, interval, samples, warmUpTime } = input;
  const experiment = scenarioNamed(input.scenario).configure(settings, seed);
  const recorder = new StateRecorder(experiment.system.servers);
  // The first sample is at the end of the warm-up.
  const measuringTime = (samples - 1) * interval;
  const options = { warmUpTime, measuringTime, familyConfidence: 0.95, epochTime: interval };
  const run = new Run({ ...experiment, measure: () => recorder }, options);
  systemFor(experiment, {
    run,
    seed,
    replication: 1,
    epochTime: interval,
    messageDelay: NO_DELAY,
    noticeDelay: undefined,
  }).finish();
  return recorder.samples;
}

class StateRecorder implements Measurement {
  readonly samples: StateSample[] = [];
  epochs = 0;
  readonly lost = 0;

  constructor(private readonly servers: number) {}

  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(_now: ModelTime, { queues }: FleetView): void {
    this.epochs++;
    const jobs = queues.reduce((sum, queue) => sum + queue.jobs, 0);
    const busy = queues.reduce((sum, queue) => sum + queue.count(1), 0);
    this.samples.push({ jobs, idleServers: this.servers - busy, waitingJobs: jobs - busy });
  }

  conditions() {
    return { messageDelay: 0, heldUpFraction: 0 };
  }

  measured(): ReadonlyMap<string, Measured> {
    return new Map();
  }
}

/** `sampleStates` for any core. */
export const states: Task<StatesInput, StateSample[]> = {
  module: import.meta.url,
  name: "states",
  run: sampleStates,
};
