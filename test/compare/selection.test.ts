import { describe, expect, it } from "vitest";
import { fieldOf } from "../../compare/field.js";
import { Study } from "../../compare/study.js";
import { routingLawNamed } from "../../experiments/routing.js";
import { NO_DELAY } from "../../model/message-delay.js";
import { type RandomStream, randomStream, uniformIndex } from "../../model/random.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { ExactFleet } from "../../theory/queues/exact-fleet.js";

const POLICIES = ["jsq", "jfsq", "jsq-d", "jiq", "random"];
const BUFFER = 6;
/** Differences of less than this would take minutes to find. */
const LEAST_GAP = 0.02;
const MOST_WITHIN = 0.2;

/** A small fleet whose best policy is known, and how much it is better by than the second best. */
interface Trial {
  readonly settings: Readonly<Record<string, string>>;
  readonly means: ReadonlyMap<string, number>;
  readonly best: string;
  readonly gap: number;
}

function exactMean(policy: string, rates: readonly number[], arrivalRate: number): number {
  const totalArrivalRate = arrivalRate * rates.length;
  const routing = routingLawNamed(policy);
  if (routing === undefined) throw new Error(`${policy} has no exact answer`);
  const fleet = new ExactFleet({ totalArrivalRate, serviceRates: rates, buffer: BUFFER, routing });
  const jobs = fleet.mean((queueLengths) => queueLengths.reduce((sum, length) => sum + length, 0));
  return jobs / (totalArrivalRate * (1 - fleet.arrivals.blockedFraction));
}

function drawTrial(random: RandomStream): Trial {
  for (;;) {
    const servers = 2 + uniformIndex(random, 3);
    const rates = Array.from({ length: servers }, () => Number((0.3 + 1.7 * random()).toFixed(2)));
    const arrivalRate = Number(
      ((0.3 + 0.6 * random()) * (rates.reduce((sum, rate) => sum + rate, 0) / servers)).toFixed(3),
    );
    const means = new Map(POLICIES.map((policy) => [policy, exactMean(policy, rates, arrivalRate)]));
    const [[best, least], [, second]] = [...means].sort(([, a], [, b]) => a - b);
    const gap = second / least - 1;
    if (gap < LEAST_GAP) continue;
    const settings = {
      ...{ servers: String(servers), initialRates: `list:${rates.join(",")}` },
      ...{ arrivalRate: String(arrivalRate), buffer: String(BUFFER) },
    };
    return { settings, means, best, gap };
  }
}

interface Outcome {
  readonly isWrong: boolean;
  readonly namesOne: boolean;
  readonly hasLargeGap: boolean;
}

/** Every other trial has a gap of 1 to 2 tolerances, the others of 2 to 4. */
async function outcomeOf(number: number): Promise<Outcome> {
  const random = randomStream("selection", String(number));
  const hasLargeGap = number % 2 === 1;
  const { settings, means, best, gap } = drawTrial(random);
  const within = Math.min(MOST_WITHIN, gap / (hasLargeGap ? 2 + 2 * random() : 1 + random()));
  const setup = {
    ...{ settings, seed: String(number), dispatchers: 1, views: "told" as const },
    ...{ messageDelay: NO_DELAY, noticeDelay: NO_DELAY },
  };
  const field = fieldOf(setup, POLICIES, ["mean"]);
  const study = new Study("trial", [field], { metric: "mean", slo: undefined, within, missing: 0.005 });
  await study.run(inlineRunner, () => undefined);
  const named = study.races[0].racing.map(({ policy }) => policy);
  const least = means.get(best) ?? Number.NaN;
  // All that are named must be no worse than does not matter, and the best must be among them.
  const isWrong = !named.includes(best) || named.some((policy) => (means.get(policy) ?? 0) > (1 + within) * least);
  return { isWrong, namesOne: named.length === 1, hasLargeGap };
}

describe("a selection where the exact answer is known", () => {
  // SELECTION_TRIALS=500 makes the full trial, of about ten minutes.
  it("is right, and names one policy where it is better by far", async () => {
    const trials = Number(process.env.SELECTION_TRIALS ?? 40);
    const outcomes: Outcome[] = [];
    for (let number = 0; number < trials; number++) outcomes.push(await outcomeOf(number));
    const wrong = outcomes.filter(({ isWrong }) => isWrong).length;
    const large = outcomes.filter(({ hasLargeGap }) => hasLargeGap);
    const named = large.filter(({ namesOne }) => namesOne).length;
    if (process.env.SELECTION_TRIALS !== undefined)
      process.stdout.write(
        `${trials} trials: ${wrong} wrong; one named in ${named} of ${large.length} with large gaps\n`,
      );
    expect(wrong).toBeLessThanOrEqual(trials / 50);
    expect(named).toBeGreaterThanOrEqual(0.9 * large.length);
  }, 3_600_000);
});
