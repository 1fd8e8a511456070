import type { ModelTime } from "../../model/units.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { Run } from "../../scenarios/run.js";
import type { FleetView, Measured, Measurement } from "../../scenarios/scenario.js";
import { systemFor } from "../../simulator/engine.js";
import { NO_DELAY } from "../../simulator/message-delay.js";
import type { Task } from "../../simulator/parallel/task.js";

/** A run whose states are looked at. */
export interface StatesInput {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly warmUpTime: ModelTime;
  /** Between two looks. */
  readonly interval: ModelTime;
  readonly looks: number;
}

/** The state at one moment. */
export interface StateLook {
  readonly jobs: number;
  readonly idleServers: number;
  /** Jobs that are not in service. */
  readonly waitingJobs: number;
}

/** Looks at the state of a simulated system, again and again. */
function lookAtStates(input: StatesInput): StateLook[] {
  const { settings, seed, interval, looks, warmUpTime } = input;
  const experiment = scenarioNamed(input.scenario).configure(settings, seed);
  const recorder = new StateRecorder(experiment.system.servers);
  const measuringTime = looks * interval;
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
  return recorder.looks;
}

class StateRecorder implements Measurement {
  readonly looks: StateLook[] = [];
  epochs = 0;
  readonly lost = 0;

  constructor(private readonly servers: number) {}

  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(_now: ModelTime, { queues }: FleetView): void {
    this.epochs++;
    const jobs = queues.reduce((sum, queue) => sum + queue.jobs, 0);
    const busy = queues.reduce((sum, queue) => sum + queue.count(1), 0);
    this.looks.push({ jobs, idleServers: this.servers - busy, waitingJobs: jobs - busy });
  }

  conditions() {
    return { messageDelay: 0, heldUpFraction: 0 };
  }

  measured(): ReadonlyMap<string, Measured> {
    return new Map();
  }
}

/** `lookAtStates` for any core. */
export const states: Task<StatesInput, StateLook[]> = {
  module: import.meta.url,
  name: "states",
  run: lookAtStates,
};
