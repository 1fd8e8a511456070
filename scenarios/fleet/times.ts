import { fractionOf, longEnough } from "../../experiments/measured.js";
import type { QuantityDeclarations, QuantityDefinition } from "../../experiments/quantities.js";
import { quantitiesAt } from "../../experiments/quantities.js";
import type { Measured } from "../../experiments/scenario.js";
import type { GroupName, JobTimes } from "../../model/statistics/job-times.js";
import { QuantileSeries } from "../../model/statistics/quantile-series.js";
import type { ModelTime } from "../../model/units.js";
import { groupInWords } from "./groups.js";

/** The percentiles of times at a server, by the ends of their names. */
export const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;
export type Percentile = keyof typeof PERCENTILES;

const ofSojourns = { unit: "time units", description: "of the times that served jobs spend at their server" };
const ofWaits = { unit: "time units", description: "of the times that served jobs wait at their server", floor: 0.01 };

const declarations = {
  sojourn_time_p50: {
    fractionAbove: 1 - PERCENTILES.p50,
    ...ofSojourns,
    description: `median ${ofSojourns.description}`,
  },
  sojourn_time_p90: {
    fractionAbove: 1 - PERCENTILES.p90,
    ...ofSojourns,
    description: `90th percentile ${ofSojourns.description}`,
  },
  sojourn_time_p99: {
    fractionAbove: 1 - PERCENTILES.p99,
    ...ofSojourns,
    description: `99th percentile ${ofSojourns.description}`,
    isNotAwaited: true,
  },
  sojourn_time_p999: {
    fractionAbove: 1 - PERCENTILES.p999,
    ...ofSojourns,
    description: `99.9th percentile ${ofSojourns.description}`,
    isNotAwaited: true,
  },
  waiting_time_p50: { fractionAbove: 1 - PERCENTILES.p50, ...ofWaits, description: `median ${ofWaits.description}` },
  waiting_time_p90: {
    fractionAbove: 1 - PERCENTILES.p90,
    ...ofWaits,
    description: `90th percentile ${ofWaits.description}`,
  },
  waiting_time_p99: {
    fractionAbove: 1 - PERCENTILES.p99,
    ...ofWaits,
    description: `99th percentile ${ofWaits.description}`,
    isNotAwaited: true,
  },
  waiting_time_p999: {
    fractionAbove: 1 - PERCENTILES.p999,
    ...ofWaits,
    description: `99.9th percentile ${ofWaits.description}`,
    isNotAwaited: true,
  },
  sojourn_over_slo: {
    description: "fraction of jobs that spend more than slo at their server",
    unit: "",
    floor: 0.01,
    isNotAwaited: true,
  },
} as const satisfies QuantityDeclarations;

/** What is measured of the times of jobs at their servers. */
export type TimesQuantity = keyof typeof declarations;
/** The same of a group of jobs. */
export type GroupQuantity = `${TimesQuantity}_${GroupName}`;

/** Which times are of interest. */
export interface WhichTimes {
  /** Whether jobs wait for a worker: not where they share the workers. */
  readonly waits: boolean;
  /** The limit of the times at a server, if there is one. */
  readonly slo: ModelTime | undefined;
}

/** What is measured of the times of all jobs. */
export function timesQuantities({ waits, slo }: WhichTimes): QuantityDefinition<TimesQuantity>[] {
  return quantitiesAt(declarations, undefined).filter(
    ({ name }) => (waits || !name.startsWith("waiting_time_")) && (slo !== undefined || name !== "sojourn_over_slo"),
  );
}

/** The same of each group. No run waits for them. */
export function groupQuantities(which: WhichTimes, groups: readonly GroupName[]): QuantityDefinition<GroupQuantity>[] {
  const ofAll = timesQuantities(which);
  return groups.flatMap((group) =>
    ofAll.map((quantity) => ({
      ...quantity,
      name: `${quantity.name}_${group}` as const,
      description: `${quantity.description}, of jobs ${groupInWords(group)}`,
      isNotAwaited: true as const,
    })),
  );
}

/** The times of jobs at their servers, of all or of a group. */
export class TimesSeries {
  private readonly sojourns = new QuantileSeries();
  private readonly waits = new QuantileSeries();

  observe({ sojourn, waiting }: JobTimes): void {
    this.sojourns.observe(sojourn);
    this.waits.observe(waiting);
  }

  /** @param memory relaxation time over the measured time */
  measured({ waits, slo }: WhichTimes, memory: number): [TimesQuantity, Measured][] {
    const found: [TimesQuantity, Measured][] = [];
    for (const [name, p] of Object.entries(PERCENTILES) as [Percentile, number][]) {
      found.push([`sojourn_time_${name}`, longEnough(this.sojourns.quantile(p, memory), memory)]);
      if (waits) found.push([`waiting_time_${name}`, longEnough(this.waits.quantile(p, memory), memory)]);
    }
    if (slo !== undefined) found.push(["sojourn_over_slo", this.over(slo, memory)]);
    return found;
  }

  private over(slo: ModelTime, memory: number): Measured {
    const { sojourns } = this;
    const [least, estimate, most] = [
      sojourns.overAtLeast(slo, memory),
      sojourns.over(slo, memory),
      sojourns.overAtMost(slo, memory),
    ].map((one) => fractionOf(one, sojourns.count, memory));
    return {
      ...estimate,
      interval: (confidence) => ({ low: least.interval(confidence).low, high: most.interval(confidence).high }),
    };
  }
}
