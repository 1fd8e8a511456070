import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Axis, Series, SeriesRole } from "../../figures/figure.js";
import { logAxis } from "../../figures/log-axis.js";
import { dashOf, inSymbols, looksOf, orderedOf } from "../../figures/look.js";

/** How light a colour is, from 0 to 255, as a printer without colours has it. */
function lightness(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

describe("how quantities look", () => {
  it("differs without colour: each has a marker of its own, each role that is predicted a dash of its own", () => {
    const looks = [...looksOf(["a", "b", "c", "d", "e", "f", "g"], "light").values()];
    expect(new Set(looks.map(({ marker }) => marker)).size).toBe(7);
    expect(new Set(looks.map(({ colour }) => colour)).size).toBe(7);
    const roles: SeriesRole[] = ["simulated", "exact", "refined", "limit", "bound"];
    const dashes = roles.map((role) => JSON.stringify(dashOf({ quantity: "", role, points: [] })));
    expect(new Set(dashes).size).toBe(roles.length);
  });

  it("follows the order where only a number differs, from light to dark on paper and back on a dark screen", () => {
    const sizes = ["100 servers", "10 servers", "1000 servers", "exponential"];
    expect(orderedOf(sizes)).toEqual(["10 servers", "100 servers", "1000 servers"]);
    for (const [theme, sign] of [
      ["light", -1],
      ["dark", 1],
    ] as const) {
      const looks = looksOf(sizes, theme);
      const inOrder = orderedOf(sizes).map((name) => lightness(looks.get(name)?.colour ?? ""));
      for (const [i, value] of inOrder.slice(1).entries()) expect(sign * (value - inOrder[i])).toBeGreaterThan(30);
    }
  });

  it("is no scale where names differ otherwise, or are few", () => {
    expect(orderedOf(["class 1: a", "class 2: b", "class 3: c"])).toEqual([]);
    expect(orderedOf(["2 servers", "4 servers"])).toEqual([]);
  });
});

describe("mathematics in the words of a figure", () => {
  it.each([
    ["P(n^-alpha sum q > x)", "P(n⁻ᵅ Σ q > x)"],
    ["q_1, q_12 and p_W", "q₁, q₁₂ and p_W"],
    ["mean degree (ln N)^2", "mean degree (ln N)²"],
    ["E ||q_perp||^2, beta = n^-0.45", "E ||q⊥||², β = n^-0.45"],
    ["mean_service_rate of alphabet", "mean_service_rate of alphabet"],
  ])("%s is %s", (text, expected) => expect(inSymbols(text)).toBe(expected));
});

describe("a logarithmic axis of a figure", () => {
  const axis: Axis = { label: "", unit: "", scale: "log" };
  const series = (values: readonly number[]): Series[] => [
    { quantity: "", role: "simulated", points: values.map((y) => ({ x: 1, y })) },
  ];

  it("holds all positive values with room to spare, and has few labels among its ticks", () => {
    const value = fc.double({ min: -12, max: 12, noNaN: true }).map((exponent) => 10 ** exponent);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const { min, max, labelled, ticks } = logAxis(axis, series([...values, 0, -1]), "y");
        expect(min).toBeLessThan(Math.min(...values));
        expect(max).toBeGreaterThan(Math.max(...values));
        expect(labelled.length).toBeGreaterThanOrEqual(1);
        expect(labelled.length).toBeLessThanOrEqual(10);
        for (const label of labelled) expect(ticks).toContain(label);
        for (const tick of ticks) expect(tick >= min * 0.999 && tick <= max * 1.001).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("labels powers of ten, and has ticks at their multiples", () => {
    const { labelled, ticks } = logAxis(axis, series([0.03, 200]), "y");
    expect(labelled).toEqual([0.1, 1, 10, 100]);
    expect(ticks).toEqual(expect.arrayContaining([0.02, 0.03, 0.9, 1, 2, 5, 90, 200]));
  });

  it("is some axis where there is nothing to show", () => {
    expect(logAxis(axis, series([0, -3]), "y")).toMatchObject({ min: 0.1, max: 1 });
  });
});
