import { studentSequenceHalfWidth } from "../model/statistics/student-sequence.js";
import type { ModelTime } from "../model/units.js";
import type { Runner } from "../simulator/parallel/task.js";
import { atLoad, type Field, fieldOf, under } from "./field.js";
import type { ComparisonPlan } from "./plan.js";
import { BEST_AT, contenderOf, FIRST_LOOK, GROWTH, isGrowing, type Racer } from "./race.js";
import { deviationOf } from "./ranking.js";
import { replication } from "./replication.js";
import { definitionOf, type Metric } from "./sample.js";
import type { Progress, StudyRun } from "./study.js";

/** The name under which its runs are kept. */
export const SLO_SEARCH = "slo";
/** Loads are searched in steps of a hundredth: field k is load k / 100. */
const STEPS = 100;
/** A bisection of them takes 7 tests, and there are two of each policy. */
const MOST_TESTS = 14;
/** Replications of a test at most: twice as many would narrow the range in which nothing is certain by a third. */
const MOST_REPLICATIONS = 50;
/** About how many replications a policy takes, for the progress. */
const EXPECTED = 120;

/** Whether a percentile is certainly below the slo, or certainly above it, at one load; open where neither is known. */
type Finding = "meets" | "misses" | "open";

/** Loads up to which a policy is certainly within the slo, and from which on it certainly is not; null where nothing is certain. */
export interface SloLoads {
  readonly meetsSloUpTo: number | null;
  readonly missesSloFrom: number | null;
}

/** The steps between which a policy begins to miss the slo: it meets it at `low`, if that is above 0, and misses it at `high`. */
interface Bracket {
  readonly low: number;
  readonly high: number;
}

/** The time that is held against the slo: the metric, or p99 where that is no time. */
export function heldAgainstSlo(metric: Metric): Metric {
  return definitionOf(metric).unit === "" ? "p99" : metric;
}

/**
 * Searches the loads up to which policies meet the slo, by bisection: sojourn times are longer the higher the load. At each load there are
 * replications until the confidence sequence of the percentile excludes the slo, or there are `MOST_REPLICATIONS`. All tests of all policies are right
 * together with the confidence of the plan, by Bonferroni: those of a policy are at most `MOST_TESTS`, whichever loads they are at.
 */
export class SloSearch {
  readonly name = SLO_SEARCH;
  /** By policy and step. */
  private readonly tests = new Map<string, LoadTest>();
  private readonly brackets = new Map<string, Bracket>();
  private readonly missing: number;
  private done = 0;
  private searched = 0;

  constructor(
    private readonly plan: ComparisonPlan,
    private readonly slo: ModelTime,
  ) {
    this.missing = (1 - plan.familyConfidence) / (plan.policies.length * MOST_TESTS);
  }

  /** Takes over a replication that was done before. */
  add({ policy, field, replication: number, sample }: StudyRun): void {
    this.testOf(policy, field).racer.samples.set(number, sample);
    this.done++;
  }

  /**
   * Searches for all policies. What is known when the runner is stopped remains.
   *
   * @param highest the load from which on a policy has no steady state; null where it always has one
   */
  async run(runner: Runner, highest: (policy: string) => number | null, onRun: (run: StudyRun) => void): Promise<void> {
    await Promise.all(
      this.plan.policies.map(async (policy) => {
        const test = (step: number): Promise<Finding> => this.test(policy, step, runner, onRun);
        await this.search(policy, Math.ceil((highest(policy) ?? Number.POSITIVE_INFINITY) * STEPS), test);
        this.searched++;
      }),
    );
  }

  found(policy: string): SloLoads {
    const { low, high } = this.brackets.get(policy) ?? { low: 0, high: Number.POSITIVE_INFINITY };
    return { meetsSloUpTo: low === 0 ? null : low / STEPS, missesSloFrom: Number.isFinite(high) ? high / STEPS : null };
  }

  get progress(): Progress {
    const left = this.plan.policies.length - this.searched;
    return { done: this.done, expected: Math.max(this.done + left, EXPECTED * this.plan.policies.length) };
  }

  private async search(policy: string, top: number, test: (step: number) => Promise<Finding>): Promise<void> {
    let [low, high] = [0, top];
    const keep = (): void => void this.brackets.set(policy, { low, high });
    keep();
    // First between the steps that it certainly meets, and all others; then between those that it certainly misses, and all others.
    for (let end = Math.min(high, STEPS + 1); end - low > 1; keep()) {
      const middle = Math.floor((low + end) / 2);
      const finding = await test(middle);
      if (finding === "meets") low = middle;
      else end = middle;
      if (finding === "misses") high = middle;
    }
    for (let [start, end] = [low, Math.min(high, STEPS + 1)]; end - start > 1; keep()) {
      const middle = Math.floor((start + end) / 2);
      if ((await test(middle)) === "misses") end = high = middle;
      else start = middle;
    }
  }

  private async test(policy: string, step: number, runner: Runner, onRun: (run: StudyRun) => void): Promise<Finding> {
    const { racer, field } = this.testOf(policy, step);
    if (field.policies.length === 0) return "misses";
    const { setup, warmUpTime, measuringTime } = field;
    for (let stage = FIRST_LOOK; ; stage = Math.min(MOST_REPLICATIONS, Math.ceil(GROWTH * stage))) {
      const numbers = Array.from({ length: stage }, (_, i) => i + 1).filter((number) => !racer.samples.has(number));
      const inputs = numbers.map((number) => ({
        ...under(setup, policy),
        ...{ replication: number, warmUpTime, measuringTime },
      }));
      await runner.map(replication, inputs, (sample, index) => {
        const run = { study: SLO_SEARCH, field: step, policy, replication: numbers[index], sample };
        this.add(run);
        onRun(run);
      });
      const finding = this.findingOf(racer, stage);
      if (finding !== "open" || stage === MOST_REPLICATIONS) return finding;
    }
  }

  private findingOf(racer: Racer, replications: number): Finding {
    if (isGrowing(racer, replications)) return "misses";
    const { slo, missing } = this;
    const { pooled, values } = contenderOf(racer, replications, heldAgainstSlo(this.plan.metric), slo);
    const halfWidth = studentSequenceHalfWidth({ bestAt: BEST_AT, missing }, values.length, deviationOf(values));
    if (pooled + halfWidth <= slo) return "meets";
    return pooled - halfWidth > slo ? "misses" : "open";
  }

  private testOf(policy: string, step: number): LoadTest {
    const key = `${step} ${policy}`;
    const found = this.tests.get(key);
    if (found !== undefined) return found;
    const { setup, metric } = this.plan;
    const test: LoadTest = {
      racer: { policy, samples: new Map(), out: undefined },
      field: fieldOf(atLoad(setup, step / STEPS), [policy], [heldAgainstSlo(metric)]),
    };
    this.tests.set(key, test);
    return test;
  }
}

/** A policy at one load. */
interface LoadTest {
  readonly racer: Racer;
  readonly field: Field;
}
