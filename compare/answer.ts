import { studentSequenceHalfWidth } from "../model/statistics/student-sequence.js";
import type { ModelTime } from "../model/units.js";
import type { Comparison } from "./comparison.js";
import type { Field, Remark } from "./field.js";
import type { ComparisonPlan } from "./plan.js";
import type { Race, Racer } from "./race.js";
import { contrast, deviationOf } from "./ranking.js";
import type { Metric } from "./sample.js";
import type { SloLoads } from "./slo-search.js";
import type { StableLoads } from "./stable-loads.js";
import type { Study } from "./study.js";

/** A value and its confidence interval; null where there are too few data. */
export interface Estimated {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Of a policy at a load. `best`: it, or one that is no worse than does not matter; `worse`: certainly not the best; `open`: may be the best, but
 * the budget ended; `unstable`: by theory its queues grow for ever; `growing`: its queues grew in simulation.
 */
export type Status = "best" | "worse" | "open" | "unstable" | "growing";

export interface Cell {
  readonly policy: string;
  readonly status: Status;
  /** Why it is unstable; null otherwise. */
  readonly why: string | null;
  readonly replications: number;
  readonly metrics: Readonly<Partial<Record<Metric, Estimated>>>;
  /** The metric less that of the current policy, paired; null for the current policy, and where one of them was not simulated. */
  readonly difference: Estimated | null;
}

/** Who is best at a load: one policy, several that cannot be told apart, or not known yet; none where none has a steady state. */
export type Outcome = "winner" | "indistinguishable" | "open" | "none";

export interface LoadAnswer {
  readonly load: number;
  readonly outcome: Outcome;
  /** All that may be the best, first the one that was best in the simulations. */
  readonly best: readonly string[];
  /** Of each replication. */
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  /** In the order in which the policies were given. */
  readonly cells: readonly Cell[];
}

/** A fleet that is otherwise; null where that was not compared, for the reason given. */
export interface ChangeAnswer {
  readonly name: string;
  readonly condition: string;
  readonly found: LoadAnswer | null;
  readonly why: string | null;
}

/** Without an slo, or where the load varies over time, its loads are null. */
export interface PolicyAnswer extends StableLoads, SloLoads {
  readonly policy: string;
}

/** All that was found. */
export interface Answer {
  readonly loads: readonly LoadAnswer[];
  readonly policies: readonly PolicyAnswer[];
  readonly changes: readonly ChangeAnswer[];
  /** Policies of which theory does not know whether they have a steady state. */
  readonly uncertain: readonly Remark[];
}

/** Metrics of which every answer tells besides those asked for. */
const ALWAYS: readonly Metric[] = ["mean", "p50", "p90", "p99", "p999", "messages", "blocked"];

/** What a comparison has found so far. */
export function answerOf(comparison: Comparison): Answer {
  const { plan, main, changes, ownMetrics, sloSearch } = comparison;
  const metrics = [...new Set([plan.metric, ...plan.also, ...ALWAYS, ...ownMetrics])];
  return {
    loads: answersOf(main, plan, metrics),
    policies: plan.policies.map((policy) => ({
      policy,
      ...comparison.stableLoads(policy),
      ...(sloSearch?.found(policy) ?? { meetsSloUpTo: null, missesSloFrom: null }),
    })),
    changes: changes.map(({ change: { name, condition }, study }) => ({
      ...{ name, condition },
      ...(typeof study === "string"
        ? { found: null, why: study }
        : { found: answersOf(study, plan, [plan.metric])[0], why: null }),
    })),
    uncertain: main.fields.at(-1)?.uncertain ?? [],
  };
}

function answersOf(study: Study, plan: ComparisonPlan, metrics: readonly Metric[]): LoadAnswer[] {
  // An interval for each metric, and one of the difference.
  const count = study.fields.length * plan.policies.length * (metrics.length + 1);
  const missing = (1 - plan.familyConfidence) / 2 / count;
  return study.fields.map((field, i) => answerAt(field, study.races[i], { plan, metrics, missing }));
}

interface Asked {
  readonly plan: ComparisonPlan;
  readonly metrics: readonly Metric[];
  /** The chance that one interval is wrong. */
  readonly missing: number;
}

function answerAt(field: Field, race: Race, asked: Asked): LoadAnswer {
  const { load, warmUpTime, measuringTime } = field;
  const { leader, racing } = race;
  const others = racing.filter((racer) => racer !== leader);
  const best = leader === undefined ? [] : [leader, ...others].map(({ policy }) => policy);
  return {
    load,
    outcome: outcomeOf(race),
    best,
    ...{ warmUpTime, measuringTime },
    cells: asked.plan.policies.filter(takesPart(field)).map((policy) => cellOf(policy, field, race, asked)),
  };
}

function takesPart({ policies, unstable }: Field): (policy: string) => boolean {
  const all = new Set([...policies, ...unstable.map(({ policy }) => policy)]);
  return (policy) => all.has(policy);
}

function outcomeOf({ racing, isDecided }: Race): Outcome {
  if (racing.length === 0) return "none";
  if (!isDecided) return "open";
  return racing.length === 1 ? "winner" : "indistinguishable";
}

function cellOf(policy: string, field: Field, race: Race, asked: Asked): Cell {
  const racer = race.racers.find((one) => one.policy === policy);
  const nothing = { replications: 0, metrics: {}, difference: null };
  if (racer === undefined) {
    const why = field.unstable.find((one) => one.policy === policy)?.why ?? null;
    return { policy, status: "unstable", why, ...nothing };
  }
  const replications = race.commonReplications([racer]);
  const status = statusOf(racer, race.isDecided);
  if (replications === 0 || status === "growing") return { policy, status, why: null, ...nothing, replications };
  const estimates = asked.metrics.map((metric) => [metric, estimateOf(racer, race, metric, asked.missing)] as const);
  return {
    ...{ policy, status, why: null, replications },
    metrics: Object.fromEntries(estimates.filter(([, estimate]) => !Number.isNaN(estimate.value))),
    difference: differenceOf(racer, race, asked),
  };
}

function statusOf({ out }: Racer, isDecided: boolean): Status {
  if (out !== undefined) return out.why;
  return isDecided ? "best" : "open";
}

function estimateOf(racer: Racer, race: Race, metric: Metric, missing: number): Estimated {
  const [{ pooled, values }] = race.contendersAfter([racer], race.commonReplications([racer]), metric);
  const sequence = { ...race.rule.sequence, missing };
  const { low, high } = between(pooled, studentSequenceHalfWidth(sequence, values.length, deviationOf(values)));
  // None of the metrics is ever below 0.
  return { value: pooled, low: low === null ? null : Math.max(0, low), high };
}

/** Over the replications that both have; null while there is none, as where the user ends the comparison early. */
function differenceOf(racer: Racer, race: Race, { plan, missing }: Asked): Estimated | null {
  const current = race.racers.find(({ policy }) => policy === plan.current);
  if (current === undefined || current === racer || current.out?.why === "growing") return null;
  const both = [racer, current];
  const replications = race.commonReplications(both);
  if (replications === 0) return null;
  const [one, other] = race.contendersAfter(both, replications);
  const { value, halfWidth } = contrast(one, other, 1, { ...race.rule.sequence, missing });
  return Number.isNaN(value) ? null : { value, ...between(value, halfWidth) };
}

function between(value: number, halfWidth: number): Pick<Estimated, "low" | "high"> {
  return Number.isFinite(halfWidth) ? { low: value - halfWidth, high: value + halfWidth } : { low: null, high: null };
}
