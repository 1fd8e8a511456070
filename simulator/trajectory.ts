import { Run } from "../experiments/run.js";
import { EPOCH_TIME, type Experiment, type FleetView } from "../experiments/scenario.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { scenarioNamed } from "../scenarios/index.js";
import type { Task } from "./parallel/task.js";
import type { SimulationInput } from "./simulation.js";
import { Twin } from "./twin.js";

/** One run from its initial state, without warm-up. */
export interface TrajectoryInput extends Pick<SimulationInput, "scenario" | "settings" | "seed" | "replication"> {
  readonly until: ModelTime;
  /** Time between observations: a multiple of EPOCH_TIME. */
  readonly step: ModelTime;
  /** The first servers, this many, fail at this time, after its observation. */
  readonly deaths?: { readonly servers: number; readonly time: ModelTime };
}

/** The observations; the first is one step after the start. */
export interface Trajectory {
  readonly times: readonly ModelTime[];
  /** Rates of all servers, by observation. */
  readonly rates: readonly (readonly Rate[])[];
  /** The longest queue observed since the previous observation. */
  readonly longestQueue: readonly number[];
  /** Jobs in the whole system, by observation. */
  readonly jobs: readonly number[];
}

/** A run that records observations instead of measuring. */
class RecordedRun extends Run {
  readonly seen = {
    times: [] as ModelTime[],
    rates: [] as Rate[][],
    longestQueue: [] as number[],
    jobs: [] as number[],
  };
  private readonly current: Rate[] = [];
  private longest = 0;

  constructor(
    experiment: Experiment,
    private readonly input: TrajectoryInput,
  ) {
    super(experiment, { warmUpTime: Number.POSITIVE_INFINITY, measuringTime: 0, familyConfidence: 0.99 });
  }

  override observeServer(server: number, _totals: Readonly<ServerTotals>, rate: Rate): void {
    this.current[server] = rate;
  }

  override tick(now: ModelTime, fleet: FleetView): void {
    const { until, step } = this.input;
    for (let v = 0; v < this.current.length; v++) this.longest = Math.max(this.longest, fleet.queueLength(v));
    if (Math.round(now / EPOCH_TIME) % Math.round(step / EPOCH_TIME) === 0) {
      this.seen.times.push(now);
      this.seen.rates.push([...this.current]);
      this.seen.longestQueue.push(this.longest);
      this.seen.jobs.push(fleet.queues.reduce((sum, { jobs }) => sum + jobs, 0));
      this.longest = 0;
    }
    if (now >= until) this.phase = "finished";
  }
}

/**
 * Runs a scenario in virtual time and records its trajectory.
 *
 * @throws UserError if a setting is unknown or out of range
 */
export function trajectoryOf(input: TrajectoryInput): Trajectory {
  const { scenario, settings, seed, replication = 1 } = input;
  const experiment = scenarioNamed(scenario).configure(settings, seed);
  const run = new RecordedRun(experiment, input);
  const twin = new Twin({ system: experiment.system, run, seed, replication });
  if (input.deaths !== undefined) {
    const { servers, time } = input.deaths;
    while ((run.seen.times.at(-1) ?? 0) < time) twin.next();
    for (let server = 0; server < servers; server++) twin.kill(server);
  }
  twin.finish();
  return run.seen;
}

/** `trajectoryOf` as a task for worker threads. */
export const trajectory: Task<TrajectoryInput, Trajectory> = {
  module: import.meta.url,
  name: "trajectory",
  run: trajectoryOf,
};
