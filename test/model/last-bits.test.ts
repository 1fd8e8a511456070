import fc from "fast-check";
import { expect, it } from "vitest";
import { withLastBits } from "../../model/last-bits.js";

const WORD = 2 ** 32;

it("a counter is known from its last 32 bits wherever it is, if the other end's is less than 2^31 away", () => {
  const near = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - WORD });
  const away = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(near, away, (count, distance) => {
      const other = count + distance;
      expect(withLastBits(count, ((other % WORD) + WORD) % WORD)).toBe(other);
    }),
  );
  expect(withLastBits(WORD - 1, 0)).toBe(WORD);
  expect(withLastBits(WORD, WORD - 1)).toBe(WORD - 1);
});
