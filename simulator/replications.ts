import { acrossRuns } from "../model/statistics/across-runs.js";
import type { DispatcherTotals } from "../model/totals.js";
import { addViews, type ViewTotals } from "../model/view-quality.js";
import { type QuantityEvidence, weigh } from "../scenarios/evidence.js";
import { scenarioNamed } from "../scenarios/index.js";
import type { Experiment, Measured, PolicyInformation, RunConditions } from "../scenarios/scenario.js";
import type { Runner } from "./parallel/task.js";
import { type SimulationInput, type SimulationOutput, simulation } from "./simulation.js";

/** What several runs of the same system have found together. */
export interface ReplicatedOutput {
  readonly replications: number;
  readonly totals: SimulationOutput["totals"];
  readonly policy: string;
  /** Messages of all runs together. */
  readonly information: PolicyInformation;
  readonly conditions: RunConditions;
  /** How good the views of several dispatchers were in all runs together; undefined where there is one. */
  readonly views: ViewTotals | undefined;
  readonly whyVoid: string | null;
  readonly quantities: readonly QuantityEvidence[];
}

/** Runs that a wanted precision is first looked for in: fewer give intervals too wide and too unsteady to stop by. */
const FIRST_RUNS = 10;
/** By how much the number of runs grows until the precision is reached. */
const GROWTH = 1.5;
const MOST_RUNS = 10_000;

/**
 * Runs a system so many times, or until every interval is narrow enough, whichever is more. The number of runs depends on
 * what they find and not on how fast they are done.
 *
 * @param input of the first; the others are its replications
 * @param wanted how many runs at least, and the half-width of the intervals relative to the value, if one is asked for
 * @param progress told the number of runs done and planned, each time one is done
 */
export async function replicate(
  input: SimulationInput,
  wanted: { readonly replications: number; readonly precision?: number | undefined },
  runner: Runner,
  progress: (done: number, planned: number) => void = () => undefined,
): Promise<ReplicatedOutput> {
  const experiment = scenarioNamed(input.scenario).configure(input.settings, input.seed);
  const outputs: SimulationOutput[] = [];
  let planned = wanted.precision === undefined ? wanted.replications : Math.max(FIRST_RUNS, wanted.replications);
  for (;;) {
    const more = Array.from({ length: planned - outputs.length }, (_, i) => outputs.length + 1 + i);
    let done = outputs.length;
    const inputs = more.map((replication) => ({ ...input, replication }));
    outputs.push(...(await runner.map(simulation, inputs, () => progress(++done, planned))));
    const found = combine(experiment, outputs, input.familyConfidence);
    if (wanted.precision === undefined || isPrecise(experiment, found.quantities, wanted.precision)) return found;
    if (planned >= MOST_RUNS) return found;
    planned = Math.min(MOST_RUNS, Math.ceil(GROWTH * planned));
  }
}

/** What independent runs of one experiment say together. One run alone speaks for itself. */
export function combine(
  experiment: Experiment,
  outputs: readonly SimulationOutput[],
  familyConfidence: number,
): ReplicatedOutput {
  const [first] = outputs;
  const replications = outputs.length;
  if (replications === 1) return { replications, ...first };
  const totals = { ...first.totals };
  for (const output of outputs.slice(1)) addTotals(totals, output.totals);
  const mean = (value: (conditions: RunConditions) => number): number =>
    outputs.reduce((sum, { conditions }) => sum + value(conditions), 0) / replications;
  const conditions = { messageDelay: mean((c) => c.messageDelay), heldUpFraction: mean((c) => c.heldUpFraction) };
  const whyVoid = outputs.find((output) => output.whyVoid !== null)?.whyVoid ?? null;
  const quantities = weigh(
    experiment,
    { measured: () => measuredAcross(outputs) },
    conditions,
    familyConfidence,
    whyVoid ?? undefined,
  );
  const information = {
    messages: outputs.reduce((sum, output) => sum + output.information.messages, 0),
    bitsPerServer: Math.max(...outputs.map((output) => output.information.bitsPerServer)),
  };
  const views = outputs.map((output) => output.views).reduce((sum, more) => sum && more && addViews(sum, more));
  return { replications, totals, policy: first.policy, information, conditions, views, whyVoid, quantities };
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
 * Whether every interval is as narrow as wanted, relative to its quantity, or to the width that decides where that is
 * more: the chance of something rare need not be known to the same part of itself. An interval that holds 0 has no relative
 * width: it must be narrow enough to decide.
 */
function isPrecise(experiment: Experiment, quantities: readonly QuantityEvidence[], precision: number): boolean {
  return quantities.every(({ name, measured, ciLow, ciHigh }) => {
    if (measured === null || ciLow === null || ciHigh === null) return false;
    const halfWidth = (ciHigh - ciLow) / 2;
    const decides = experiment.quantities.find((quantity) => quantity.name === name)?.precision ?? 0;
    if (ciLow > 0 || ciHigh < 0) return halfWidth <= precision * Math.max(Math.abs(measured), decides);
    return halfWidth <= decides;
  });
}
