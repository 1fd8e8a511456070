import { describe, expect, it } from "vitest";
import { checkDraws } from "../../load-generator/self-test.js";
import { boundedParetoJobSizes } from "../../model/job-sizes/bounded-pareto.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { weibullJobSizes } from "../../model/job-sizes/weibull.js";
import { randomStream } from "../../model/random.js";

const draws = (law: typeof exponentialJobSizes, count: number, factor = 1): Float64Array => {
  const works = law.sequence(randomStream("1", "works"));
  return Float64Array.from({ length: count }, () => factor * works.next());
};
const verdicts = (checks: ReturnType<typeof checkDraws>): string[] => [
  ...new Set(checks.map(({ verdict }) => verdict)),
];

describe("the self-test", () => {
  it("agrees with a true law, and notices a mean that is 3 % off, and another law of the same mean", () => {
    expect(verdicts(checkDraws(draws(exponentialJobSizes, 100_000), exponentialJobSizes, 0.999))).toEqual(["agrees"]);
    const off = checkDraws(draws(exponentialJobSizes, 100_000, 1.03), exponentialJobSizes, 0.999);
    expect(off[0]).toMatchObject({ quantity: "mean", claimed: 1, verdict: "differs" });
    const other = checkDraws(draws(weibullJobSizes(1.1), 100_000), exponentialJobSizes, 0.999);
    expect(other[0].verdict).toBe("agrees");
    expect(verdicts(other)).toContain("differs");
  });

  it("does not judge the variation where single values decide it", () => {
    const law = boundedParetoJobSizes(1.2, 1e6);
    const checks = checkDraws(draws(law, 100_000), law, 0.999);
    expect(checks.find(({ quantity }) => quantity === "squared variation")?.verdict).toBe("undecided");
    expect(checks.filter(({ quantity }) => quantity.startsWith("fraction")).every((c) => c.verdict === "agrees")).toBe(
      true,
    );
  });
});
