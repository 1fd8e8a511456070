import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Typeset, typeset, withFormulas } from "../../page/formula.js";
import { scenarios } from "../../scenarios/index.js";

const written = (piece: Typeset): string =>
  typeof piece === "string" ? piece : `<${piece.tag}>${piece.content.map(written).join("")}</${piece.tag}>`;
const formula = (text: string): string => typeset(`\`${text}\``).map(written).join("");

describe("formulas", () => {
  it("are typeset where text has them between backticks, and nothing else is", () => {
    expect(typeset("no formula, n^2 or not")).toEqual(["no formula, n^2 or not"]);
    expect(typeset("a fraction `rho` of all").map(written)).toEqual([
      "a fraction ",
      "<math><mi>ρ</mi></math>",
      " of all",
    ]);
  });

  it.each([
    ["mu*", "<msup><mi>μ</mi><mo>∗</mo></msup>"],
    ["n^-alpha", "<msup><mi>n</mi><mrow><mo>−</mo><mi>α</mi></mrow></msup>"],
    ["lambda / 2", "<mi>λ</mi><mo>/</mo><mn>2</mn>"],
    ["k + 1", "<mi>k</mi><mo>+</mo><mn>1</mn>"],
    ["q_i <= 0.5", "<msub><mi>q</mi><mi>i</mi></msub><mo>≤</mo><mn>0.5</mn>"],
    [
      "(d^i - 1)/(d - 1)",
      "<mfrac><mrow><msup><mi>d</mi><mi>i</mi></msup><mo>−</mo><mn>1</mn></mrow><mrow><mi>d</mi><mo>−</mo><mn>1</mn></mrow></mfrac>",
    ],
  ])("%s", (text, expected) => expect(formula(text)).toBe(`<math>${expected}</math>`));

  it("keep every letter and number of what was written", () => {
    const atom = fc.constantFrom("x", "mu", "2", "n");
    const { sum } = fc.letrec<{ sum: string; group: string }>((tie) => ({
      sum: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie("group"), fc.constantFrom(" + ", " / ", "^"), tie("group")).map((all) => all.join("")),
      ),
      group: fc.oneof(
        { maxDepth: 4 },
        atom,
        tie("sum").map((text) => `(${text})`),
      ),
    }));
    fc.assert(
      fc.property(sum, (text) => {
        const atoms = (of: string) => [...of.replaceAll("mu", "μ").matchAll(/[a-zμ]|\d/g)].map(String);
        expect(atoms(formula(text).replaceAll(/<[^>]*>/g, ""))).toEqual(atoms(text));
      }),
    );
  });

  it.each([
    ["the load is 1 - n^-alpha", "the load is 1 - `n^-alpha`"],
    ["E[max(mean queue - eta, 0)^2] of Theorem 2", "E[max(mean queue - `eta`, 0)^2] of Theorem 2"],
    ["variance n sigma_a^2, mu* > lambda", "variance n `sigma_a^2`, `mu*` > `lambda`"],
    ["n^(1 - 2 alpha) = 2.09", "`n^(1 - 2 alpha)` = 2.09"],
    ["n^(1/4 - alpha/2) <= epsilon", "`n^(1/4 - alpha/2)` ≤ `epsilon`"],
    ["beta = n^-0.45 tends to 0.", "`beta` = `n^-0.45` tends to 0."],
    ["from about 2.2e+93 servers on", "from about 2.2 · `10^93` servers on"],
    ["mean_service_rate and --set alpha=0.5, power:0.1,2", "mean_service_rate and --set `alpha`=0.5, power:0.1,2"],
  ])("are found in prose: %s", (prose, expected) => expect(withFormulas(prose)).toBe(expected));

  it("in all prose of the scenarios that the page shows can be read", () => {
    const prose = scenarios.flatMap((scenario) => {
      const { assumptions, quantities } = scenario.configure({}, "1");
      const described = [...quantities, ...Object.values(scenario.parameters)];
      const assumed = assumptions.flatMap(({ condition, meaning, consequence }) => [condition, meaning, consequence]);
      return [scenario.summary, ...described.map(({ description }) => description), ...assumed];
    });
    const found = prose.map(withFormulas).filter((text) => typeset(text).some((piece) => typeof piece === "object"));
    expect(found.length).toBeGreaterThan(20);
    for (const text of found) expect(text.split("`").length % 2, text).toBe(1);
  });

  it("in the claims of all scenarios can be read", () => {
    const claims = scenarios.flatMap((scenario) => Object.values(scenario.claims));
    expect(claims.filter((claim) => typeset(claim).some((piece) => typeof piece === "object")).length).toBeGreaterThan(
      4,
    );
  });
});
