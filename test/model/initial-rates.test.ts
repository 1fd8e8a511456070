import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { formatInitialRates, initialRate, parseInitialRates, ratesOfServers } from "../../model/initial-rates.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";

describe("initial rates", () => {
  it.each(["uniform:0,2", "uniform:0.5,0.75", "constant:1.2", "list:1.6,1.2,0.8"])("%s is read and written", (text) =>
    expect(formatInitialRates(parseInitialRates(text))).toBe(text),
  );

  it.each([
    "uniform:2,1",
    "uniform:-1,1",
    "uniform:0",
    "constant:0",
    "constant:x",
    "normal:1,1",
    "uniform:0,Infinity",
    "list:",
    "list:1,0",
  ])("%s is refused as the user's error", (text) => expect(() => parseInitialRates(text)).toThrow(UserError));

  it("of a list are those at the servers' places, in the part that a node is given too", () => {
    const list = parseInitialRates("list:5,4,3,2,1");
    expect(initialRate(list, "1", 3)).toBe(2);
    const part = ratesOfServers(list, 2, 2);
    expect([0, 1].map((position) => initialRate(part, "1", 2 + position, position))).toEqual([3, 2]);
    expect(ratesOfServers(parseInitialRates("constant:1.2"), 2, 2)).toEqual({ law: "constant", rate: 1.2 });
  });

  it("have the law they claim, and depend on the seed and the server's own number only", () => {
    const law = parseInitialRates("uniform:0.5,2");
    const rates = Array.from({ length: 5000 }, (_, server) => initialRate(law, "1", server));
    expect(kolmogorovSmirnov(rates, (x) => Math.min(1, Math.max(0, (x - 0.5) / 1.5)), 1e-4)).toBeLessThan(1);
    expect(initialRate(law, "1", 17)).toBe(rates[17]);
    expect(initialRate(law, "2", 17)).not.toBe(rates[17]);
    expect(initialRate(parseInitialRates("constant:1.2"), "1", 17)).toBe(1.2);
  });
});
