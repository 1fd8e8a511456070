import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Typeset, typeset } from "../../page/formula.js";
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

  it("in the claims of all scenarios can be read", () => {
    const claims = scenarios.flatMap((scenario) => Object.values(scenario.claims));
    expect(claims.filter((claim) => typeset(claim).some((piece) => typeof piece === "object")).length).toBeGreaterThan(
      4,
    );
  });
});
