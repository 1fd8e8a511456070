import fc from "fast-check";
import { expect, it } from "vitest";
import { NumberLines } from "../../model/number-lines.js";

const steps = fc.array(
  fc.record({ owner: fc.constantFrom(0, 1, 2, 40), step: fc.constantFrom("push", "push", "shift", "clear") }),
  { maxLength: 400 },
);

it("has the lines of arrays that are pushed to and shifted", () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const lines = new NumberLines();
      const naive = new Map<number, number[]>();
      for (const [number, { owner, step }] of drawn.entries()) {
        const line = naive.get(owner) ?? [];
        naive.set(owner, line);
        if (step === "push") {
          lines.push(owner, number);
          line.push(number);
        } else if (step === "shift") expect(lines.shift(owner)).toBe(line.shift());
        else {
          lines.clear(owner);
          line.length = 0;
        }
      }
      for (const [owner, line] of naive) for (const number of line) expect(lines.shift(owner)).toBe(number);
    }),
  );
});
