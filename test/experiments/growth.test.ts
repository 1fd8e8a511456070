import { describe, expect, it } from "vitest";
import { GrowthWatch } from "../../experiments/growth.js";
import { Run } from "../../experiments/run.js";
import type { SystemModel } from "../../experiments/scenario.js";
import { quickRandomStream } from "../../model/random.js";
import { noDispatcherTotals, noServerTotals } from "../../model/totals.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { Twin } from "../../simulator/twin.js";

type Watched = Pick<SystemModel, "server" | "arrivalSchedule">;
const QUEUES: Watched = {
  server: {
    discipline: "fifo",
    buffer: Number.POSITIVE_INFINITY,
    rateControl: { kind: "fixed" },
    initialRates: { law: "constant", rate: 1 },
  },
};
const EPOCH = 5;

/** What is said of M/M/1 with that load, from an empty start on, after so much time in epochs of 5. */
function afterQueue(load: number, duration: number, seed: string, system = QUEUES): string | undefined {
  const random = quickRandomStream("growth", seed);
  const watch = new GrowthWatch(system);
  const totals = noDispatcherTotals();
  const eventsPerEpoch = EPOCH * (1 + load);
  let jobs = 0;
  for (let epoch = 0; epoch < duration / EPOCH; epoch++) {
    watch.closeEpoch(epoch * EPOCH, totals);
    // Uniformised, with the mean number of events in each epoch.
    const events = Math.floor((epoch + 1) * eventsPerEpoch) - Math.floor(epoch * eventsPerEpoch);
    for (let event = 0; event < events; event++) {
      if (random() * (1 + load) < load) {
        totals.offered++;
        jobs++;
      } else if (jobs > 0) {
        totals.completed++;
        jobs--;
      }
    }
  }
  return watch.reason();
}

/** How many of `runs` queues of that load are said to grow. */
function alarms(load: number, duration: number, runs: number): number {
  return Array.from({ length: runs }, (_, run) => afterQueue(load, duration, `${load}/${run}`)).filter(
    (reason) => reason !== undefined,
  ).length;
}

describe("queues that grow", () => {
  it("are found at load 1.02, once a random walk without drift would hardly get so far", () => {
    // The drift of 0.02 over half of 600,000 time units is 7.7 standard deviations, sqrt(2 * 300,000).
    expect(alarms(1.02, 600_000, 8)).toBe(8);
    expect(alarms(1.2, 6000, 8)).toBe(8);
  });

  it.each([
    [0.95, 2000, 1500],
    [0.95, 20_000, 200],
    [0.5, 2000, 500],
    // Full load never settles, but it does not grow as overload does: |N| standard deviations.
    [1, 2000, 1000],
  ])("are not said to at load %f over %i time units, in any of %i runs", (load, duration, runs) => {
    expect(alarms(load, duration, runs)).toBe(0);
  });

  it("are described by how fast, by the load, and by the server with the longest queue", () => {
    const watch = new GrowthWatch(QUEUES);
    const totals = noDispatcherTotals();
    for (let epoch = 0; epoch < 200; epoch++) {
      watch.closeEpoch(epoch * EPOCH, totals);
      totals.offered += 30;
      totals.blocked += 5;
      totals.completed += 20;
      const observedTime = epoch * EPOCH;
      const busy = { ...noServerTotals(), observedTime, busyTime: 0.99 * observedTime };
      watch.observeServer(3, { ...busy, queueLengthIntegral: 40 * observedTime });
      watch.observeServer(7, { ...busy, queueLengthIntegral: observedTime });
    }
    expect(watch.reason()).toBe(
      "overload: the queues grow by 1 jobs per time unit, so there is no steady state; 1.25 jobs arrive for each that is served, " +
        "above all at server 3, which was busy 99.0 % of the time with 40 jobs on average; " +
        "lower the arrival rate, add servers, or set a finite buffer",
    );
  });

  it("are looked for neither in finite buffers, nor in pools, nor under a load that changes, nor in a few epochs", () => {
    const growing = (system: Watched, duration = 6000) => afterQueue(1.5, duration, "1", system);
    expect(growing(QUEUES)).toMatch(/^overload: /);
    expect(growing({ server: { ...QUEUES.server, buffer: 1000 } })).toBeUndefined();
    expect(growing({ server: { ...QUEUES.server, discipline: "pool" } })).toBeUndefined();
    expect(growing({ ...QUEUES, arrivalSchedule: "ramp:1,2,50" })).toBeUndefined();
    expect(growing(QUEUES, 70)).toBeUndefined();
  });

  it("make a run void, and not for the machine's sake: the delay of messages is measured job by job", () => {
    const experiment = rateScaling.configure(
      { servers: "4", rateControl: "fixed", initialRates: "constant:1", buffer: "infinite", arrivalRate: "0.8" },
      "1",
    );
    // Twice as many jobs arrive as the dispatcher knows.
    const system = { ...experiment.system, totalArrivalRate: 2 * experiment.system.totalArrivalRate };
    const run = new Run(experiment, { warmUpTime: 100, measuringTime: 1000, familyConfidence: 0.99 });
    new Twin({ system, run, seed: "1", messageDelay: { law: "exponential", mean: 0.01 } }).finish();
    expect(run.conditions().messageDelay).toBeLessThan(0.1);
    expect(run.whyVoid()).toMatch(
      /^overload: the queues grow by 2\.\d+ jobs per time unit, .* at server \d, .* busy (99|100)\.\d %/,
    );
    expect(new Set(run.evidence().map(({ verdict }) => verdict))).toEqual(new Set(["void"]));
  });
});
