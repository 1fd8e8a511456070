import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { family, formsOf, rangeOf, readMember } from "../../model/family.js";
import {
  anyNumber,
  anyText,
  listOf,
  notNegative,
  positive,
  steps,
  whole,
  withFallback,
  yesOrNo,
} from "../../model/options.js";

const families = [
  family("plain", {}, () => "plain" as unknown),
  family("gamma", { squaredVariation: positive }, (values) => values),
  family("cost", { factor: positive, exponent: whole(2) }, (values) => values),
  family("jsq-d", { d: withFallback(whole(1, 9), 2), replacement: withFallback(yesOrNo, false) }, (values) => values),
  family("box", { a: notNegative, b: anyNumber, cap: withFallback(positive, 8) }, (values) => values, {
    range: "A < B",
    holds: ({ a, b }) => a < b,
  }),
  family("list", { rates: listOf("RATE", positive) }, ({ rates }) => rates),
  family("steps", { loads: steps("LOAD", positive) }, ({ loads }) => loads),
  family("file", { file: anyText("PATH") }, ({ file }) => file),
];
const read = (text: string): unknown => readMember("thing", families, text);

describe("what is written NAME or NAME:...", () => {
  it.each<[string, unknown]>([
    ["plain", "plain"],
    ["gamma:4", { squaredVariation: 4 }],
    ["gamma:squaredVariation=4", { squaredVariation: 4 }],
    ["cost:0.1,2", { factor: 0.1, exponent: 2 }],
    ["cost:exponent=2:factor=0.1", { factor: 0.1, exponent: 2 }],
    ["cost:0.1:exponent=3", { factor: 0.1, exponent: 3 }],
    ["jsq-d", { d: 2, replacement: false }],
    ["jsq-d:3", { d: 3, replacement: false }],
    ["jsq-d:3:replacement=yes", { d: 3, replacement: true }],
    ["jsq-d:replacement=yes", { d: 2, replacement: true }],
    ["box:0,1", { a: 0, b: 1, cap: 8 }],
    ["box:0,1,3", { a: 0, b: 1, cap: 3 }],
    ["list:1,2,0.5", [1, 2, 0.5]],
    ["list:rates=1,2", [1, 2]],
    [
      "steps:1,2@3",
      [
        { value: 1, from: 0 },
        { value: 2, from: 3 },
      ],
    ],
    ["file:a:b=c,d.csv\n1,2", "a:b=c,d.csv\n1,2"],
  ])("%s is read", (text, value) => expect(read(text)).toEqual(value));

  it.each([
    [
      "magic:1\nof a file",
      /^unknown thing "magic:1": use one of plain \| gamma:SQUARED_VARIATION \| cost:FACTOR,EXPONENT \|/,
    ],
    ["plain:1", 'thing "plain:1": "1" has more values than there are options; write plain'],
    ["gamma", 'thing "gamma": squaredVariation is missing; write gamma:SQUARED_VARIATION with SQUARED_VARIATION > 0'],
    ["gamma:0", "squaredVariation = 0: must be a number > 0"],
    ["gamma:1,2", "squaredVariation = 1,2: must be a number > 0"],
    ["gamma: ", "must be a number > 0"],
    ["cost:1,2,3", '"1,2,3" has more values than there are options'],
    ["cost:1:2", '"2" is not one of its options'],
    ["cost:1,2:exponent=2", "exponent is given twice"],
    ["cost:1,2:power=2", '"power=2" is not one of its options'],
    ["jsq-d:10", "must be a whole number >= 1 and <= 9"],
    ["jsq-d:replacement=maybe", "replacement = maybe: must be yes or no; write jsq-d[:d=D][:replacement=yes|no]"],
    ["jsq-d:toString=1", "d = toString=1: must be"],
    ["box:2,1", "needs A < B; write box:A,B[:cap=CAP] with A >= 0, CAP > 0, A < B"],
    ["list:1,x", 'value 2, "x", must be a number > 0'],
    ["steps:1,2", "must have increasing times"],
    ["steps:1,0@2", "loads = 1,0@2: must be a number > 0"],
  ])("%s is refused with what is wrong and what to write", (text, message) => {
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(message);
  });

  it("is shown by its forms, and with what the options must be", () => {
    expect(formsOf(families.slice(0, 3))).toBe("plain | gamma:SQUARED_VARIATION | cost:FACTOR,EXPONENT");
    expect(rangeOf([families[2], families[5]])).toBe(
      "cost:FACTOR,EXPONENT with FACTOR > 0, EXPONENT a whole number >= 2 | list:RATE,RATE,... with RATES each > 0",
    );
  });

  it("says by its options in any order the same, and whether that is what its name alone says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean(), (d, replacement, first) => {
        const words = [`d=${d}`, `replacement=${replacement ? "yes" : "no"}`];
        const options = (first ? words : words.toReversed()).join(":");
        expect(read(`jsq-d:${options}`)).toEqual({ d, replacement });
        expect(families[3].isPlain(options)).toBe(d === 2 && !replacement);
      }),
    );
    expect(families[3].isPlain(undefined)).toBe(true);
  });
});
