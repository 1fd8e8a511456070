import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { evaluate, withExpressions } from "../../model/expression.js";

/** A tree with its text in full parentheses, and the value it is to have. */
interface Written {
  readonly text: string;
  readonly value: number;
}

const { tree } = fc.letrec<{ tree: Written; leaf: Written; pair: Written; call: Written }>((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, tie("leaf"), tie("pair"), tie("call")),
  leaf: fc.oneof(
    fc.integer({ min: 0, max: 99 }).map((value) => ({ text: String(value), value })),
    fc.constant({ text: "n", value: 7 }),
  ),
  pair: fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/"), tie("tree")).map(([a, sign, b]): Written => {
    const values = { "+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value, "/": a.value / b.value };
    return { text: `(${a.text} ${sign} ${b.text})`, value: values[sign] };
  }),
  call: fc
    .tuple(fc.constantFrom("sqrt", "floor", "exp"), tie("tree"))
    .map(([name, { text, value }]) => ({ text: `${name}(${text})`, value: Math[name as "sqrt"](value) })),
}));
const numbers = (name: string): number => {
  if (name === "n") return 7;
  throw new UserError(`no ${name}`);
};

describe("an expression", () => {
  it("has the value of its tree, whatever it is", () => {
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        if (Number.isFinite(value)) expect(evaluate(text, numbers)).toBe(value);
        else expect(() => evaluate(text, numbers)).toThrow(/has no finite value/);
      }),
    );
  });

  it.each([
    ["1 + 2 * 3", 7],
    ["2 * 3 ^ 2", 18],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["2 ^ 3 ^ 2", 512],
    ["8 / 4 / 2", 1],
    ["8 - 4 - 2", 2],
    ["1e3", 1000],
    [".5 * n", 3.5],
    ["ln(exp(2)) + ceil(1.2) + round(n / 2)", 8],
  ])("binds as usual: %s", (text, value) => expect(evaluate(text, numbers)).toBeCloseTo(value, 12));

  it.each([
    ["", /"" ends too soon/],
    ["1 +", /ends too soon/],
    ["(1", /ends too soon/],
    ["1 2", /"2" is not expected/],
    ["1 $ 2", /"\$" is not expected/],
    ["log(3)", /no function "log"/],
    ["ln(0)", /no finite value/],
    ["m", /no m/],
  ])("is refused where it is none: %s", (text, why) => expect(() => evaluate(text, numbers)).toThrow(why));
});

describe("settings with expressions", () => {
  it("follow others, set or left at their defaults", () => {
    const settings = { servers: "100", graph: "geometric:{ln(servers)^2}", buffer: "{choices}" };
    expect(withExpressions(settings, { choices: "2", servers: "20" })).toEqual({
      ...{ servers: "100", graph: "geometric:21.2075924419", buffer: "2" },
    });
  });

  it("leave files alone, whose contents may have braces of their own", () => {
    const settings = { servers: "4", sizes: 'trace:jobs.jsonl\n{"at": 1}' };
    expect(withExpressions(settings, {})).toEqual(settings);
  });

  it("name what is wrong, and what could have been meant", () => {
    expect(() => withExpressions({ servers: "9", graph: "regular:{server}" }, { policy: "jsq" })).toThrow(
      /graph: in \{server\}, no parameter "server" that is a number: did you mean servers\?/,
    );
  });
});
