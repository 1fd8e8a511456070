import { describe, expect, it } from "vitest";
import { acrossRuns } from "../../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../../model/statistics/interval.js";
import { RatioSeries } from "../../../model/statistics/ratio-series.js";
import { policyNamed } from "../../../policies/index.js";
import { Chain, type ChainOptions } from "../../../simulator/chain.js";
import { erlangB } from "../../../theory/queues/erlang-b.js";

const RUNS = 600;
const EPOCHS = 200;
/** The fraction of 600 intervals that cover is beyond this, for a true coverage of p, in one study of 1000. */
const slack = (p: number, runs: number): number => 3.3 * Math.sqrt((p * (1 - p)) / runs);

/** What a run says of a quantity: of each epoch, the sums that it is the ratio of. */
type Epoch = (chain: Chain) => readonly [numerator: number, denominator: number];

function seriesOf(
  options: Omit<ChainOptions, "seed">,
  seed: string,
  eventsPerEpoch: number,
  epoch: Epoch,
): RatioSeries {
  const chain = new Chain({ ...options, seed });
  chain.run(20 * eventsPerEpoch);
  const series = new RatioSeries();
  for (let i = 0; i < EPOCHS; i++) {
    chain.restartStatistics();
    chain.run(eventsPerEpoch);
    series.add(...epoch(chain));
  }
  return series;
}

const cases = [
  {
    name: "the mean queue of M/M/1",
    options: {
      servers: 1,
      arrivalRate: 0.5,
      serviceRate: 1,
      buffer: Number.POSITIVE_INFINITY,
      policy: policyNamed("random"),
    },
    eventsPerEpoch: 30,
    epoch: (chain: Chain) => [chain.statistics().meanQueueLength, 1] as const,
    truth: 1,
  },
  {
    name: "the blocked fraction of M/M/n/n",
    options: { servers: 5, arrivalRate: 0.8, serviceRate: 1, buffer: 1, policy: policyNamed("jiq") },
    eventsPerEpoch: 100,
    epoch: (chain: Chain) => [chain.statistics().blocked, chain.statistics().offered] as const,
    truth: erlangB(5, 4),
  },
];

describe.each(cases)("intervals of 95 % for $name", ({ options, eventsPerEpoch, epoch, truth }) => {
  const all = Array.from({ length: RUNS }, (_, run) => seriesOf(options, `coverage/${run}`, eventsPerEpoch, epoch));

  it("cover it in 93 % of runs at least, by overlapping batch means within a run", () => {
    const covered = all.filter((series) => {
      const { low, high } = confidenceInterval(series.estimate(), 0.95);
      return low <= truth && truth <= high;
    }).length;
    expect(covered / RUNS).toBeGreaterThan(0.93 - slack(0.93, RUNS));
    expect(covered / RUNS).toBeLessThan(0.99 + slack(0.99, RUNS));
  });

  it("cover it in 95 % of studies of ten runs, across the runs", () => {
    const studies = RUNS / 10;
    const covered = Array.from({ length: studies }, (_, study) => all.slice(10 * study, 10 * study + 10)).filter(
      (runs) => {
        const estimates = runs.map((series) => ({ value: series.estimate().value, variance: null, trials: null }));
        const { low, high } = acrossRuns(estimates, 0.95).interval;
        return low <= truth && truth <= high;
      },
    ).length;
    expect(covered / studies).toBeGreaterThan(0.95 - slack(0.95, studies));
  });
});
