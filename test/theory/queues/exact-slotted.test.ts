import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { parseArrivalLaw, parseServiceLaw } from "../../../model/slot-laws.js";
import { jsqHeavyTraffic } from "../../../scenarios/jsq-heavy-traffic/index.js";
import { simulate } from "../../../simulator/simulation.js";
import { ExactSlotted, type SlottedModel } from "../../../theory/queues/exact-slotted.js";
import { jsqDLaw, jsqLaw } from "../../../theory/queues/routing-laws.js";

const NO_CONDITIONS = { messageDelay: 0, heldUpFraction: 0 };
const sum = (jobs: ArrayLike<number>): number => Array.from(jobs).reduce((total, length) => total + length, 0);

/** The same of two servers, by iterating the law of both queues, unsorted, until it stays as it is. */
function naiveMean({ arrivals, services, routing, buffer }: SlottedModel, of: (jobs: number[]) => number): number {
  const size = buffer + 1;
  let law = new Float64Array(size * size).fill(1 / size ** 2);
  for (let slot = 0; slot < 1000; slot++) {
    const next = new Float64Array(size * size);
    law.forEach((p, at) => {
      const queues = [Math.floor(at / size), at % size];
      const chances = routing(queues, [1, 1]);
      for (const server of [0, 1])
        arrivals.probabilities.forEach((q, batch) => {
          const joined = queues.map((length, k) => (k === server ? Math.min(buffer, length + batch) : length));
          services.probabilities.forEach((a, first) => {
            services.probabilities.forEach((b, second) => {
              const left = [Math.max(0, joined[0] - first), Math.max(0, joined[1] - second)];
              next[left[0] * size + left[1]] += p * chances[server] * q * a * b;
            });
          });
        });
    });
    law = next;
  }
  return law.reduce((total, p, at) => total + p * of([Math.floor(at / size), at % size]), 0);
}

function modelOf(servers: number, load: number, buffer: number, arrivals: string, services: string): SlottedModel {
  const law = parseArrivalLaw(arrivals).ofMean(load * servers, servers);
  return { servers, arrivals: law, services: parseServiceLaw(services), routing: jsqLaw, buffer };
}

describe("a few servers in slotted time", () => {
  it.each([
    ["binomial:2", "zero-or:2", jsqLaw],
    ["rounded", "constant", jsqLaw],
    ["binomial:3", "uniform", jsqLaw],
    ["binomial:2", "binomial:3", jsqDLaw(2, true)],
  ])("have the law that iterating all queues leads to: %s arrivals, %s services", (arrivals, services, routing) => {
    const model = { ...modelOf(2, 0.8, 9, arrivals, services), routing };
    const chain = new ExactSlotted(model);
    for (const of of [sum, (jobs: ArrayLike<number>) => Math.abs(jobs[0] - jobs[1]) ** 2])
      expect(chain.mean(of)).toBeCloseTo(naiveMean(model, of), 8);
    const law = chain.totalQueueLaw();
    expect(sum(law)).toBeCloseTo(1, 10);
    expect(law.reduce((total, p, jobs) => total + p * jobs, 0)).toBeCloseTo(chain.mean(sum), 9);
  });

  it("leave unused what the law of conservation says, with next to nothing cut off (Lemma 1)", () => {
    const model = modelOf(3, 0.8, 30, "binomial:2", "zero-or:2");
    const chain = new ExactSlotted(model);
    expect(chain.blockedFraction).toBeLessThan(1e-6);
    // Unused of a slot: of every server what it could serve beyond its jobs, which for zero-or:2 is one by one.
    const unused = chain.mean((jobs) => {
      const shortest = Math.min(...jobs);
      const first = jobs.indexOf(shortest);
      return model.arrivals.probabilities.reduce((total, p, batch) => {
        const joined = Array.from(jobs, (length, k) => (k === first ? length + batch : length));
        return total + p * sum(joined.map((length) => 0.5 * Math.max(0, 2 - length)));
      }, 0);
    });
    expect(unused).toBeCloseTo(3 * 0.2, 5);
  });

  // Chains that were solved outside this project.
  it.each([
    [{ servers: "4", alpha: "3", arrivals: "rounded", services: "constant" }, 0.09082],
    [{ servers: "2", alpha: "2.5", services: "zero-or:8" }, 4.1347],
  ])("have the scaled mean that was computed independently: %j", (settings, expected) => {
    const claims = jsqHeavyTraffic.configure({ time: "slotted", ...settings }, "1").predict(NO_CONDITIONS);
    for (const name of ["scaled_total_queue", "scaled_queue_by_identity"]) {
      const [claim] = claims.get(name) ?? [];
      expect(claim).toMatchObject({ kind: "exact", status: "applies" });
      if ("value" in claim) expect(Math.abs(claim.value / expected - 1)).toBeLessThan(1e-4);
    }
  });

  it("wait as long as single jobs that are followed one by one, under laws of one's own", () => {
    const settings = { servers: "2", alpha: "1.5", arrivals: "weights:2,1,0,1,1", services: "weights:2,1,0,1" };
    const experiment = jsqHeavyTraffic.configure({ time: "slotted", ...settings }, "1");
    const [claim] = experiment.predict(NO_CONDITIONS).get("mean_waiting_time") ?? [];
    expect(claim).toMatchObject({ kind: "exact", status: "applies" });
    const { slots } = experiment.system;
    if (slots === undefined || !("value" in claim)) throw new Error("slotted time has an exact value");
    const random = randomStream("waiting", "slots");
    const lines: number[][] = [[], []];
    const BATCHES = 100;
    const means = Array.from({ length: BATCHES + 1 }, (_, batch) => {
      let [jobs, waited] = [0, 0];
      for (let slot = 20_000 * batch; slot < 20_000 * (batch + 1); slot++) {
        const [a, b] = [lines[0].length, lines[1].length];
        const joined = lines[a < b || (a === b && random() < 0.5) ? 0 : 1];
        for (let left = slots.arrivals.draw(random); left > 0; left--) joined.push(slot);
        for (const line of lines)
          for (const arrived of line.splice(0, slots.services.draw(random))) {
            jobs++;
            waited += slot - arrived;
          }
      }
      return waited / jobs;
    }).slice(1);
    const mean = means.reduce((total, one) => total + one, 0) / BATCHES;
    const error = Math.sqrt(means.reduce((total, one) => total + (one - mean) ** 2, 0) / (BATCHES - 1) / BATCHES);
    expect(error / mean).toBeLessThan(0.02);
    expect(Math.abs(claim.value - mean)).toBeLessThan(5 * error + claim.modelError);
    const found = simulate({
      ...{ scenario: jsqHeavyTraffic.name, settings: { time: "slotted", ...settings }, seed: "1" },
      ...{ familyConfidence: 0.9999, measuringTime: 400_000 },
    }).quantities.find(({ name }) => name === "mean_waiting_time");
    expect(claim.value).toBeGreaterThan(found?.ciLow ?? Number.NaN);
    expect(claim.value).toBeLessThan(found?.ciHigh ?? Number.NaN);
  });

  it("decide verdicts: a simulated system does not differ, and agrees in its mean by the identity", () => {
    const settings = { time: "slotted", servers: "2", alpha: "1.5" };
    const run = { scenario: jsqHeavyTraffic.name, settings, seed: "1", familyConfidence: 0.999 };
    const { quantities } = simulate({ ...run, measuringTime: 200_000 });
    expect(quantities.filter(({ verdict }) => verdict === "differs")).toEqual([]);
    expect(quantities.find(({ name }) => name === "scaled_queue_by_identity")?.verdict).toBe("agrees");
  });

  it("are not solved where queues may grow apart, or there are too many", () => {
    const kindOf = (settings: Record<string, string>) =>
      jsqHeavyTraffic
        .configure({ time: "slotted", ...settings }, "1")
        .predict(NO_CONDITIONS)
        .get("scaled_total_queue")?.[0].kind;
    expect(kindOf({ servers: "2", alpha: "2", policy: "random" })).toBe("limit");
    expect(kindOf({ servers: "8", alpha: "2" })).toBe("limit");
    expect(kindOf({ servers: "2", alpha: "2" })).toBe("exact");
  });
});
