import { UserError } from "../model/errors.js";
import { withExpressions } from "../model/expression.js";
import { acrossRuns } from "../model/statistics/across-runs.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import { scenarioNamed } from "../scenarios/index.js";
import type { Runner } from "./parallel/task.js";
import { combine, type ReplicatedOutput } from "./replications.js";
import { configured, type SimulationInput, type SimulationOutput, simulation } from "./simulation.js";

/** A parameter and the values it takes. */
export interface VariedParameter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Replicated runs of a scenario at every combination of parameter values. */
export interface SweepPlan {
  /** Input common to all runs; `settings` has the parameters that are not varied. */
  readonly common: Omit<SimulationInput, "replication">;
  readonly varied: readonly VariedParameter[];
  readonly replications: number;
}

/** One run of a sweep: the index of its point, and its replication number from 1. */
export interface SweepRun {
  readonly point: number;
  readonly replication: number;
  readonly output: SimulationOutput;
}

/** The results at one point. */
export interface SweepPoint extends ReplicatedOutput {
  readonly varied: Readonly<Record<string, string>>;
  /** Difference of each quantity to the first point. All points use common random numbers, which reduces the variance. */
  readonly differences: Readonly<Record<string, Difference>>;
}

interface Difference {
  readonly value: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

const MOST_VALUES = 10_000;

/**
 * Parses `name=a,b,c` or `name=from:to:step`. Values that contain commas are separated by semicolons.
 *
 * @throws UserError naming the invalid part
 */
export function parseVaried(text: string): VariedParameter {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UserError(`--vary ${text}: write NAME=VALUE,VALUE,... or NAME=FROM:TO:STEP`);
  const name = text.slice(0, equals).trim();
  const list = text.slice(equals + 1).trim();
  const bounds = list.split(":").map(Number);
  const isRange = bounds.length === 3 && bounds.every(Number.isFinite) && !/(^|:)\s*(:|$)/.test(list);
  const values = isRange
    ? rangeOf(bounds, text)
    : list.split(list.includes(";") ? ";" : ",").map((value) => value.trim());
  if (values.some((value) => value === "")) throw new UserError(`--vary ${text}: a value is missing`);
  if (new Set(values).size < values.length) throw new UserError(`--vary ${text}: a value is repeated`);
  return { name, values };
}

function rangeOf([from, to, step]: readonly number[], text: string): string[] {
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(step !== 0 && count >= 1 && count <= MOST_VALUES)) {
    throw new UserError(`--vary ${text}: STEP must lead from FROM to TO in at most ${MOST_VALUES} steps`);
  }
  return Array.from({ length: count }, (_, i) => String(Number((from + i * step).toPrecision(12))));
}

/** The varied parameters at each point; the last one varies fastest. */
export function pointsOf(varied: readonly VariedParameter[]): Record<string, string>[] {
  return varied.reduce<Record<string, string>[]>(
    (points, { name, values }) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** Checks all points before anything is run. Throws UserError if one is invalid. */
export function checkPlan({ common, varied }: SweepPlan): void {
  for (const { name } of varied) {
    if (Object.hasOwn(common.settings, name)) throw new UserError(`${name} is both set and varied`);
    if (varied.filter((other) => other.name === name).length > 1) throw new UserError(`${name} is varied twice`);
  }
  for (const point of pointsOf(varied)) configured(inputAt({ common }, point));
}

/**
 * Does all runs that are not done yet, in order of replication, so that all points have early results.
 *
 * @param done runs already done
 * @param onRun called when a run is done, in any order
 */
export async function runSweep(
  plan: SweepPlan,
  done: readonly SweepRun[],
  runner: Runner,
  onRun: (run: SweepRun) => void,
): Promise<void> {
  const points = pointsOf(plan.varied);
  const there = new Set(done.map(({ point, replication }) => `${point}/${replication}`));
  const missing = Array.from({ length: plan.replications }, (_, i) => i + 1)
    .flatMap((replication) => points.map((_, point) => ({ point, replication })))
    .filter(({ point, replication }) => !there.has(`${point}/${replication}`));
  const inputs = missing.map(({ point, replication }) => ({ ...inputAt(plan, points[point]), replication }));
  await runner.map(simulation, inputs, (output, index) => onRun({ ...missing[index], output }));
}

/** The results of each point that has runs; differences only if it has the same replications as the first point. */
export function concludeSweep(plan: SweepPlan, runs: readonly SweepRun[]): SweepPoint[] {
  const { common } = plan;
  const outputsAt = (point: number): SimulationOutput[] =>
    runs
      .filter((run) => run.point === point && run.replication <= plan.replications)
      .sort((a, b) => a.replication - b.replication)
      .map(({ output }) => output);
  const first = outputsAt(0);
  return pointsOf(plan.varied).flatMap((varied, point) => {
    const outputs = outputsAt(point);
    if (outputs.length === 0) return [];
    const found = combine(configured(inputAt(plan, varied)), outputs, common);
    const comparable = point > 0 && outputs.length === first.length;
    const confidence = perQuantityConfidence(common.familyConfidence, found.quantities.length);
    return [{ ...found, varied, differences: comparable ? differencesOf(first, outputs, confidence) : {} }];
  });
}

/** The input at a point, where expressions have the values of its parameters. */
function inputAt({ common }: Pick<SweepPlan, "common">, point: Readonly<Record<string, string>>): SimulationInput {
  const { parameters } = scenarioNamed(common.scenario);
  const defaults = Object.fromEntries(Object.entries(parameters).map(([name, { default: text }]) => [name, text]));
  return { ...common, settings: withExpressions({ ...common.settings, ...point }, defaults) };
}

/** Paired by replication: the same replication at two points has the same arrivals and works (common random numbers). */
function differencesOf(
  first: readonly SimulationOutput[],
  second: readonly SimulationOutput[],
  confidence: number,
): Record<string, Difference> {
  const names = Object.keys(second[0].estimates).filter((name) => name in first[0].estimates);
  return Object.fromEntries(
    names.map((name) => {
      const runs = second.map(({ estimates }, i) => ({
        value: estimates[name].value - first[i].estimates[name].value,
        variance: null,
        trials: null,
      }));
      const { value, interval } = acrossRuns(runs, confidence);
      const [ciLow, ciHigh] = [interval.low, interval.high].map((end) => (Number.isFinite(end) ? end : null));
      return [name, { value, ciLow, ciHigh }];
    }),
  );
}
