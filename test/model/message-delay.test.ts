import { describe, expect, it } from "vitest";
import { drawDelay, parseMessageDelay } from "../../model/message-delay.js";
import { randomStream } from "../../model/random.js";

const read = (files: Record<string, string>) => (file: string) => files[file];

describe("a message delay", () => {
  it("is read as it is written", () => {
    const files = read({ "a:b.txt": "0.1\n\n0.2\r\n0\n" });
    expect(parseMessageDelay("none", files)).toEqual({ law: "none" });
    expect(parseMessageDelay("constant:0.5", files)).toEqual({ law: "constant", time: 0.5 });
    expect(parseMessageDelay("exponential:0.01", files)).toEqual({ law: "exponential", mean: 0.01 });
    expect(parseMessageDelay("empirical:a:b.txt", files)).toEqual({
      law: "empirical",
      file: "a:b.txt",
      times: [0.1, 0.2, 0],
      mean: expect.closeTo(0.1, 12),
    });
  });

  it.each([
    ["some", /"some": use one of none \| constant:TIME/],
    ["constant", /time is missing; write constant:TIME with TIME > 0/],
    ["constant:0", /time = 0: must be a number > 0/],
    ["exponential:-1", /mean = -1: must be a number > 0/],
    ["exponential:", /mean = : must be a number > 0/],
    ["empirical:bad", /bad, line 2: "x" needs a delay that is a number >= 0; write one delay a line/],
    ["empirical:empty", /empty: holds no delays/],
  ])("is refused: %s", (text, message) => {
    const files = read({ bad: "1\nx\n", empty: "\n" });
    expect(() => parseMessageDelay(text, files)).toThrow(message);
  });

  it("has its mean", () => {
    const random = randomStream("delay", "1");
    const draws = 40_000;
    const mean = (text: string): number => {
      const delay = parseMessageDelay(text, read({ times: "1\n2\n6\n" }));
      let sum = 0;
      for (let i = 0; i < draws; i++) sum += drawDelay(delay, random);
      return sum / draws;
    };
    expect(mean("none")).toBe(0);
    expect(mean("constant:0.5")).toBe(0.5);
    // Standard deviations are 0.5 and sqrt(14/3); 4 standard errors.
    expect(Math.abs(mean("exponential:0.5") - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(draws));
    expect(Math.abs(mean("empirical:times") - 3)).toBeLessThan((4 * Math.sqrt(14 / 3)) / Math.sqrt(draws));
  });
});
