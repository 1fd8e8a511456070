import { type QuantityEvidence, quantitiesOf, WITHIN_SIMULATED, weigh } from "../experiments/evidence.js";
import type { Experiment, Measured, RunConditions } from "../experiments/scenario.js";
import { settled } from "../experiments/settled.js";
import { acrossRuns } from "../model/statistics/across-runs.js";
import type { DispatcherTotals } from "../model/totals.js";
import { addViews } from "../model/view-quality.js";
import type { Runner } from "./parallel/task.js";
import { configured, type SimulationInput, type SimulationOutput, simulation } from "./simulation.js";

/** Combined results of replications: counts of jobs, policy messages and views are totals over all runs. */
export interface ReplicatedOutput
  extends Omit<SimulationOutput, "warmUpTime" | "warmedUpFor" | "estimates" | "traceHash"> {
  readonly replications: number;
}

/** Fewest runs when a precision is requested: with fewer, intervals are too wide and too variable for a stopping rule. */
const FIRST_RUNS = 10;
/** Growth factor of the number of runs until the precision is reached. */
const GROWTH = 1.5;
const MOST_RUNS = 10_000;

/**
 * Runs a system a given number of times, or until every interval is narrow enough, whichever is more. The number of runs
 * depends on their results and not on their speed.
 *
 * @param input of the first run; the others are its replications
 * @param wanted fewest runs, and the half-width of the intervals relative to the value, if requested
 * @param progress called after each run with the number of runs done and planned
 */
export async function replicate(
  input: SimulationInput,
  wanted: { readonly replications: number; readonly precision?: number | undefined },
  runner: Runner,
  progress: (done: number, planned: number) => void = () => undefined,
): Promise<ReplicatedOutput> {
  const experiment = configured(input);
  const outputs: SimulationOutput[] = [];
  let planned = wanted.precision === undefined ? wanted.replications : Math.max(FIRST_RUNS, wanted.replications);
  for (;;) {
    const more = Array.from({ length: planned - outputs.length }, (_, i) => outputs.length + 1 + i);
    let done = outputs.length;
    const inputs = more.map((replication) => ({ ...input, replication }));
    outputs.push(...(await runner.map(simulation, inputs, () => progress(++done, planned))));
    const found = combine(experiment, outputs, input);
    if (wanted.precision === undefined || isPrecise(experiment, found.quantities, wanted.precision)) return found;
    if (planned >= MOST_RUNS) return found;
    planned = Math.min(MOST_RUNS, Math.ceil(GROWTH * planned));
  }
}

/** Combines independent runs of one experiment. A single run is returned as it is. */
export function combine(
  experiment: Experiment,
  outputs: readonly SimulationOutput[],
  { familyConfidence, within = WITHIN_SIMULATED }: Pick<SimulationInput, "familyConfidence" | "within">,
): ReplicatedOutput {
  const [first] = outputs;
  const replications = outputs.length;
  const { measuredTime } = first;
  if (replications === 1) return { replications, ...first };
  const totals = { ...first.totals };
  for (const output of outputs.slice(1)) addTotals(totals, output.totals);
  const mean = (value: (conditions: RunConditions) => number): number =>
    outputs.reduce((sum, { conditions }) => sum + value(conditions), 0) / replications;
  const conditions = {
    messageDelay: mean((c) => c.messageDelay),
    askedDelay: mean((c) => c.askedDelay ?? 0),
    heldUpFraction: mean((c) => c.heldUpFraction),
  };
  const whyVoid = outputs.find((output) => output.whyVoid !== null)?.whyVoid ?? null;
  const quantities = weigh(settled(experiment, first.warmedUpFor), measuredAcross(outputs), conditions, {
    familyConfidence,
    within,
    unjudged: whyVoid === null ? undefined : { verdict: "void", reason: whyVoid },
  });
  const information = {
    messages: outputs.reduce((sum, output) => sum + output.information.messages, 0),
    bitsPerServer: Math.max(...outputs.map((output) => output.information.bitsPerServer)),
  };
  const views = outputs.map((output) => output.views).reduce((sum, more) => sum && more && addViews(sum, more));
  const { policy, looks, stoppedBy } = first;
  return {
    replications,
    measuredTime,
    totals,
    policy,
    information,
    conditions,
    views,
    whyVoid,
    looks,
    stoppedBy,
    quantities,
  };
}

function measuredAcross(outputs: readonly SimulationOutput[]): Map<string, Measured> {
  return new Map(
    Object.keys(outputs[0].estimates).map((name) => {
      const runs = outputs.map(({ estimates }) => estimates[name]);
      return [
        name,
        { value: acrossRuns(runs, 0.95).value, interval: (confidence) => acrossRuns(runs, confidence).interval },
      ];
    }),
  );
}

function addTotals(
  sum: { -readonly [K in keyof SimulationOutput["totals"]]: number },
  more: SimulationOutput["totals"],
): void {
  for (const key of Object.keys(sum) as (keyof DispatcherTotals)[]) sum[key] += more[key];
}

/**
 * Whether every interval is narrow enough relative to its quantity, or no wider than the quantity's floor:
 * a small probability need not be known to the same relative precision. An interval that contains 0 has no relative width: it
 * must be narrow enough to decide.
 */
function isPrecise(experiment: Experiment, quantities: readonly QuantityEvidence[], precision: number): boolean {
  return quantities.every(({ name, measured, ciLow, ciHigh }) => {
    if (measured === null || ciLow === null || ciHigh === null) return false;
    const halfWidth = (ciHigh - ciLow) / 2;
    const decides = quantitiesOf(experiment).find((quantity) => quantity.name === name)?.floor ?? 0;
    if (ciLow > 0 || ciHigh < 0) return halfWidth <= precision * Math.max(Math.abs(measured), decides);
    return halfWidth <= decides;
  });
}
