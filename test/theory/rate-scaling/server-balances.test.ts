import { describe, expect, it } from "vitest";
import { exponential, randomStream } from "../../../model/random.js";
import { classMeasures } from "../../../theory/rate-scaling/class-chain.js";
import { expectMean } from "../../support/batch-mean.js";

const RATES = [0.5, 1, 2];
const ARRIVAL_RATE = 0.8;
const BATCHES = 40;
const EVENTS = 20_000;

/** Time averages of one batch at one server: both sides of each balance. */
interface Sides {
  readonly offered: number;
  readonly served: number;
  readonly servedTimesIdle: number;
  readonly idle: number;
  readonly offeredTimesIdle: number;
}

/**
 * Servers of fixed rates with unit buffers under JIQ, simulated event by event, with the integrals of Lemma A.1: I_v grows while v is idle and
 * keeps its length while v is busy.
 */
function simulated(server: number): Sides[] {
  const n = RATES.length;
  const random = randomStream("balances", `server-${server}`);
  const busy = RATES.map(() => false);
  const idleTimes = RATES.map(() => 0);
  return Array.from({ length: BATCHES }, () => {
    const sums = { time: 0, offered: 0, served: 0, servedTimesIdle: 0, idle: 0, offeredTimesIdle: 0 };
    for (let event = 0; event < EVENTS; event++) {
      const idle = busy.filter((one) => !one).length;
      const departures = RATES.map((rate, v) => (busy[v] ? rate : 0));
      const total = ARRIVAL_RATE * n + departures.reduce((sum, rate) => sum + rate, 0);
      const time = exponential(random, 1 / total);
      const [before, after] = [idleTimes[server], idleTimes[server] + (busy[server] ? 0 : time)];
      const integral = ((before + after) / 2) * time;
      sums.time += time;
      if (busy[server]) {
        sums.served += RATES[server] * time;
        sums.servedTimesIdle += RATES[server] * integral;
      } else {
        sums.idle += time;
        sums.offered += ((ARRIVAL_RATE * n) / idle) * time;
        sums.offeredTimesIdle += ((ARRIVAL_RATE * n) / idle) * integral;
      }
      for (let v = 0; v < n; v++) if (!busy[v]) idleTimes[v] += time;
      let left = random() * total;
      const leaving = departures.findIndex((rate) => {
        left -= rate;
        return left < 0;
      });
      if (leaving >= 0) {
        busy[leaving] = false;
        idleTimes[leaving] = 0;
      } else if (idle > 0) {
        const open = [...busy.keys()].filter((v) => !busy[v]);
        busy[open[Math.floor(random() * open.length)]] = true;
      }
    }
    const { time, ...sides } = sums;
    return Object.fromEntries(Object.entries(sides).map(([name, sum]) => [name, sum / time])) as unknown as Sides;
  });
}

describe("the balances of a server at fixed rates (Lemma A.1 of Rutten, Zubeldia and Mukherjee 2023)", () => {
  const exact = classMeasures(
    RATES.map((rate) => ({ servers: 1, rate })),
    ARRIVAL_RATE,
  );

  it.each([...RATES.keys()])("hold at server %i, and are those of the chain that predicts", (server) => {
    const batches = simulated(server);
    const { busyFraction, meanIdlePeriod } = exact[server];
    const served = RATES[server] * busyFraction;
    const idle = 1 - busyFraction;
    // E[lambda n (1 - X)/sum(1 - X)] = E[mu X].
    expectMean(
      batches.map((one) => one.offered),
      served,
      0.06,
    );
    expectMean(
      batches.map((one) => one.served),
      served,
      0.06,
    );
    // E[mu X I] = E[1 - X], and by renewal E[mu X I] = mu P(busy) E[L].
    expect(served * meanIdlePeriod).toBeCloseTo(idle, 12);
    expectMean(
      batches.map((one) => one.servedTimesIdle),
      idle,
      0.06,
    );
    expectMean(
      batches.map((one) => one.idle),
      idle,
      0.06,
    );
    // E[lambda n (1 - X) I/sum(1 - X)] = E[1 - X].
    expectMean(
      batches.map((one) => one.offeredTimesIdle),
      idle,
      0.06,
    );
  });
});
