import { studentQuantile } from "../model/statistics/interval.js";
import type { ModelTime } from "../model/units.js";
import { type Contender, deviationOf, perComparison, type RankingRule, rank, replicationsToDecide } from "./ranking.js";
import { definitionOf, type Metric, metricOf, PooledSample, type Sample } from "./sample.js";

/** Fewest replications before anybody looks: values are more nearly normal than single jobs, and the wider the fewer there are. */
export const FIRST_LOOK = 10;
/** Growth of the number of replications from one look to the next. */
export const GROWTH = 1.25;
/** Replications at which confidence sequences are about as narrow as they can be: few, which costs next to nothing where there are many. */
export const BEST_AT = 10;
/** The chance that a policy in its steady state is taken for one whose queues grow, at one look. */
const FALSE_ALARM = 1e-7;

/** What is raced for. */
export interface Prize {
  readonly metric: Metric;
  readonly slo: ModelTime | undefined;
  /** Relative difference that does not matter. */
  readonly within: number;
  /** The chance that all races together are decided wrongly, and how many there are. */
  readonly missing: number;
  readonly races: number;
}

/** A policy in a race. */
export interface Racer {
  readonly policy: string;
  /** Its samples, by replication from 1. */
  readonly samples: Map<number, Sample>;
  /** The replication after which it was eliminated, or was found to have no steady state. */
  out: { readonly after: number; readonly why: "worse" | "growing" } | undefined;
}

/** A replication of a policy that is still to be done. */
export interface Missing {
  readonly policy: string;
  readonly replication: number;
}

/**
 * The race of policies at one load. After every stage of replications, all on common random numbers, those that are certainly worse drop
 * out, until the rest cannot be told apart. Whatever the order in which replications come in, and on how many threads, it takes the same course.
 */
export class Race {
  readonly racers: readonly Racer[];
  readonly rule: RankingRule;
  isDecided = false;
  /** About how many replications each that is in the race will need, by what is known of the differences. */
  expectedReplications = FIRST_LOOK;
  /** Replications of all that are in the race by the next look. */
  private stage = FIRST_LOOK;

  /** @param kept the policy that goes on until the end even if it drops out, for others to be compared with it */
  constructor(
    policies: readonly string[],
    readonly prize: Prize,
    private readonly kept?: string,
  ) {
    this.racers = policies.map((policy) => ({ policy, samples: new Map(), out: undefined }));
    const { within, missing, races } = prize;
    const { floor = 0 } = definitionOf(prize.metric);
    this.rule = {
      within,
      floor,
      sequence: { bestAt: BEST_AT, missing: perComparison(missing, races, policies.length) },
    };
    this.isDecided = policies.length === 0;
  }

  /** What is still to be done before the next look. */
  missing(): Missing[] {
    if (this.isDecided) return [];
    return Array.from({ length: this.stage }, (_, i) => i + 1).flatMap((replication) =>
      this.running.flatMap(({ policy, samples }) => (samples.has(replication) ? [] : [{ policy, replication }])),
    );
  }

  add({ policy, replication }: Missing, sample: Sample): void {
    this.racers.find((racer) => racer.policy === policy)?.samples.set(replication, sample);
  }

  /** Looks at the stage that is done: who drops out, and whether the race is decided. */
  look(): void {
    this.judge(this.stage);
    this.stage = Math.ceil(GROWTH * this.stage);
  }

  /** Ends the race early, with what there is. */
  stop(): void {
    if (this.isDecided) return;
    const common = this.commonReplications(this.racing);
    if (common >= FIRST_LOOK) this.judge(common);
  }

  /** Those that are still in the race: all that may be the best. */
  get racing(): Racer[] {
    return this.racers.filter(({ out }) => out === undefined);
  }

  /** Those that are simulated. */
  get running(): Racer[] {
    return this.racers.filter(({ policy, out }) => out === undefined || (policy === this.kept && out.why === "worse"));
  }

  /** The best as far as it is known: of those in the race the one with the least value. */
  get leader(): Racer | undefined {
    const { racing } = this;
    const contenders = this.contendersAfter(racing, this.commonReplications(racing));
    return racing.reduce<Racer | undefined>((best, racer, i) => {
      const isBetter = best === undefined || contenders[i].pooled < contenders[racing.indexOf(best)].pooled;
      return isBetter ? racer : best;
    }, undefined);
  }

  /** How many of the first replications all of these have. */
  commonReplications(racers: readonly Racer[]): number {
    let common = 0;
    while (racers.length > 0 && racers.every(({ samples }) => samples.has(common + 1))) common++;
    return common;
  }

  /** The values of these in their first replications, for another metric if wanted. */
  contendersAfter(racers: readonly Racer[], replications: number, metric: Metric = this.prize.metric): Contender[] {
    return racers.map((racer) => contenderOf(racer, replications, metric, this.prize.slo));
  }

  private judge(replications: number): void {
    for (const racer of this.racing) {
      if (isGrowing(racer, replications)) racer.out = { after: replications, why: "growing" };
    }
    const { racing } = this;
    const contenders = this.contendersAfter(racing, replications);
    const ranking = rank(contenders, this.rule);
    for (const index of ranking.eliminated) racing[index].out = { after: replications, why: "worse" };
    this.isDecided = ranking.isDecided;
    const left = contenders.filter((_, index) => !ranking.eliminated.includes(index));
    const pairs = left.flatMap((one, i) =>
      left.slice(i + 1).map((other) => replicationsToDecide(one, other, this.rule)),
    );
    this.expectedReplications = Math.max(this.stage, ...pairs);
  }
}

/** The values of a policy in its first replications, each and together. */
export function contenderOf(
  { samples }: Racer,
  replications: number,
  metric: Metric,
  slo: ModelTime | undefined,
): Contender {
  const pool = new PooledSample();
  const values: number[] = [];
  for (let replication = 1; replication <= replications; replication++) {
    const sample = samples.get(replication);
    if (sample === undefined) break;
    pool.add(sample);
    values.push(metricOf(metric, sample, slo));
  }
  return { pooled: metricOf(metric, pool, slo), values };
}

/** Whether the jobs in the system certainly become more while it is measured: it has no steady state, or none yet after its warm-up. */
export function isGrowing({ samples }: Racer, replications: number): boolean {
  const gains = Array.from({ length: replications }, (_, i) => samples.get(i + 1)?.gained ?? 0);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / replications;
  const standardError = deviationOf(gains) / Math.sqrt(replications);
  return mean > standardError * studentQuantile(1 - FALSE_ALARM, replications - 1);
}
