import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { formatInitialRates, initialRate, parseInitialRates } from "../../model/initial-rates.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";

describe("initial rates", () => {
  it.each(["uniform:0,2", "uniform:0.5,0.75", "constant:1.2"])("%s is read and written", (text) =>
    expect(formatInitialRates(parseInitialRates(text))).toBe(text),
  );

  it.each(["uniform:2,1", "uniform:-1,1", "uniform:0", "constant:0", "constant:x", "normal:1,1", "uniform:0,Infinity"])(
    "%s is refused as the user's error",
    (text) => expect(() => parseInitialRates(text)).toThrow(UserError),
  );

  it("have the law they claim, and depend on the seed and the server's own number only", () => {
    const law = parseInitialRates("uniform:0.5,2");
    const rates = Array.from({ length: 5000 }, (_, server) => initialRate(law, "1", server));
    expect(kolmogorovSmirnov(rates, (x) => Math.min(1, Math.max(0, (x - 0.5) / 1.5)), 1e-4)).toBeLessThan(1);
    expect(initialRate(law, "1", 17)).toBe(rates[17]);
    expect(initialRate(law, "2", 17)).not.toBe(rates[17]);
    expect(initialRate(parseInitialRates("constant:1.2"), "1", 17)).toBe(1.2);
  });
});
