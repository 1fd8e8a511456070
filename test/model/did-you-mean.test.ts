import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest, slipsBetween, useOneOf } from "../../model/did-you-mean.js";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });

/** All words that one slip leads to, of these letters. */
function oneSlipFrom(from: string): string[] {
  const letters = ["a", "b", "c"];
  const places = Array.from({ length: from.length + 1 }, (_, i) => i);
  return places.flatMap((i) => [
    ...letters.map((letter) => from.slice(0, i) + letter + from.slice(i)),
    ...(i < from.length ? [from.slice(0, i) + from.slice(i + 1)] : []),
    ...(i < from.length ? letters.map((letter) => from.slice(0, i) + letter + from.slice(i + 1)) : []),
    ...(i + 1 < from.length ? [from.slice(0, i) + from[i + 1] + from[i] + from.slice(i + 2)] : []),
  ]);
}

describe("the slips between two words", () => {
  it("are none between a word and itself, and as many in both directions", () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(slipsBetween(one, other)).toBe(slipsBetween(other, one));
        expect(slipsBetween(one, other) === 0).toBe(one === other);
      }),
    );
  });

  it("are one where a letter was left out, added, mistaken or exchanged with the next, and only there", () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        fc.pre(one !== other);
        expect(slipsBetween(one, other) === 1).toBe(oneSlipFrom(one).includes(other));
      }),
    );
  });

  it.each([
    ["kitten", "sitting", 3],
    ["jqs", "jsq", 1],
    ["", "abc", 3],
  ])("from %j to %j are %i", (from, to, slips) => {
    expect(slipsBetween(from, to)).toBe(slips);
  });
});

describe("the word that was meant", () => {
  const policies = ["random", "round-robin", "jsq", "jsq-d", "jiq", "least-connections"];

  it.each([
    ["jqs", "jsq"],
    ["JSQ", "jsq"],
    ["round_robin", "round-robin"],
    ["least-conections", "least-connections"],
  ])("by %s is %s", (given, meant) => {
    expect(nearest(given, policies)).toBe(meant);
    expect(useOneOf(given, policies)).toBe(`did you mean ${meant}? Use one of ${policies.join(", ")}`);
  });

  it.each(["magic", "x", ""])("by %j is anybody's guess", (given) => {
    expect(nearest(given, policies)).toBeUndefined();
    expect(useOneOf(given, ["a1"], "A or B")).toBe("use one of A or B");
  });
});
