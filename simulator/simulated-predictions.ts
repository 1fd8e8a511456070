import { DELAYS } from "../experiments/delay-effect.js";
import type { QuantityEvidence } from "../experiments/evidence.js";
import type { Experiment } from "../experiments/scenario.js";
import { type Simulated, type SimulatedQuantity, unpredicted } from "../experiments/simulated-predictions.js";
import { NO_DELAY } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import type { Runner } from "./parallel/task.js";
import { combine } from "./replications.js";
import { type SimulationInput, simulation } from "./simulation.js";

/** The real run to predict. */
export interface RunToPredict {
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly warmUpTime: ModelTime;
  /** The experiment's own for a run until stopped. */
  readonly measuringTime: ModelTime;
  readonly familyConfidence: number;
}

/** Runs with each message delay: their interval is about as wide as a quarter of that of a single run. */
const RUNS = 16;
/** Far from the numbers that anybody gives to runs, which are to be independent of these. */
const FIRST_REPLICATION = 1_000_001;
/** Jobs in all runs together: about half a minute on two cores. */
const MOST_JOBS = 1e7;
/** The part of a run's length below which simulated runs are too short to say much of it. */
const LEAST_PART = 0.1;

/**
 * Simulates a system to predict what theory does not predict of a real run. The runs have the length of the real one, or as much
 * of it as can be simulated in a minute, and message delays as `effectOfDelay` needs them, each half of it on either way.
 *
 * @param progress called with the fraction of the work that is done, in (0, 1]
 * @returns undefined if theory predicts every quantity, if the scenario is not to be simulated, or if that would take too long
 */
export async function simulatePredictions(
  experiment: Experiment,
  run: RunToPredict,
  runner: Runner,
  progress: (done: number) => void = () => undefined,
): Promise<Simulated | undefined> {
  const names = experiment.isPredictedBySimulation === true ? unpredicted(experiment) : [];
  const measuringTime = simulatedTime(experiment, run);
  if (names.length === 0 || measuringTime === undefined) return undefined;
  const delays = delaysOf(experiment);
  const inputs = delays.flatMap((delay) =>
    Array.from({ length: RUNS }, (_, i): SimulationInput => {
      const replication = FIRST_REPLICATION + i;
      return {
        ...run,
        ...experiment.system.division,
        scenario: experiment.scenario.name,
        measuringTime,
        ...delay,
        replication,
      };
    }),
  );
  let done = 0;
  const outputs = await runner.map(simulation, inputs, () => progress(++done / inputs.length));
  const [prompt, ...delayed] = delays.map(
    (_, i) => combine(experiment, outputs.slice(RUNS * i, RUNS * (i + 1)), run).quantities,
  );
  const quantities = prompt.flatMap((quantity, i): [string, SimulatedQuantity][] => {
    const found = names.includes(quantity.name)
      ? simulatedQuantity(
          quantity,
          delayed.map((all) => all[i]),
        )
      : undefined;
    return found === undefined ? [] : [[quantity.name, found]];
  });
  return { runs: RUNS, measuringTime, quantities: Object.fromEntries(quantities) };
}

/** The measuring time that can be simulated; undefined if that is too little. */
function simulatedTime(experiment: Experiment, { warmUpTime, measuringTime }: RunToPredict): ModelTime | undefined {
  const longest = MOST_JOBS / (delaysOf(experiment).length * RUNS * experiment.system.totalArrivalRate) - warmUpTime;
  return longest < LEAST_PART * measuringTime ? undefined : Math.min(longest, measuringTime);
}

/** None first. Without one, messages are simulated too, so that runs with and without differ by it alone. In slotted time it changes nothing. */
function delaysOf({ system }: Experiment): readonly Pick<SimulationInput, "messageDelay" | "moreDelay">[] {
  if (system.slots !== undefined) return [{}];
  const { delay = NO_DELAY, delayBetween } = system;
  if (delayBetween !== undefined || delay.law !== "none")
    return [0, ...DELAYS].map((more) => ({ moreDelay: more / 2 }));
  return [
    { messageDelay: { law: "constant", time: 0 } },
    ...DELAYS.map((mean) => ({ messageDelay: { law: "exponential", mean: mean / 2 } as const })),
  ];
}

function simulatedQuantity(
  { measured, ciLow, ciHigh }: QuantityEvidence,
  delayed: readonly QuantityEvidence[],
): SimulatedQuantity | undefined {
  if (measured === null || ciLow === null || ciHigh === null) return undefined;
  const [near = 0, far = 0] = delayed.map((quantity) => (quantity.measured ?? Number.NaN) - measured);
  if (!Number.isFinite(near + far)) return undefined;
  return { value: measured, halfWidth: Math.max(ciHigh - measured, measured - ciLow), effects: [near, far] };
}
