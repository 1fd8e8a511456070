import type { Scenario } from "../../experiments/scenario.js";
import type { RandomStream } from "../../model/random.js";
import { uniformIndex } from "../../model/random.js";

/** Numbers at which parsers and formulas err, if they do; none so large that a right answer would take long. */
const NUMBERS = [
  ...["0", "-1", "-0", "1", "2", "3", "7", "0.5", "1.5", "0.999999999", "5e-324", "100", "1e15", "1e308", "1e999"],
  ...["9007199254740991", "4294967296", "-1e308", "NaN", "Infinity", "", " 3 ", "0x10", "1_0", "9".repeat(400)],
];
const ODD = [
  ...[",", ":", "@", "/", "=", ";", "|", "\n", "\r", "\0", "\u2028", "💥", "'", '"', "..", "%00", "{}", "null"],
  ...["infinite", "list:", "file:", "steps:", "__proto__", "constructor", "1,2,3"],
];

const one = <T>(random: RandomStream, values: readonly T[]): T => values[uniformIndex(random, values.length)];

/** A text like the given one, with up to three things done to it that nobody expects; or as it was. */
export function mutatedSetting(random: RandomStream, text: string): string {
  let mutated = text;
  for (let i = uniformIndex(random, 4); i > 0; i--) {
    const at = uniformIndex(random, mutated.length + 1);
    switch (uniformIndex(random, 5)) {
      case 0:
        mutated = mutated.replace(/[\d.]+/g, (number) => (random() < 0.5 ? one(random, NUMBERS) : number));
        break;
      case 1:
        mutated = mutated.slice(0, at) + one(random, ODD) + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, at);
        break;
      case 3:
        mutated = one(random, NUMBERS);
        break;
      default:
        mutated = `${mutated},${mutated}`;
    }
  }
  return mutated;
}

/** Values that parameters take, beside their defaults and the words of their ranges, for mutations to begin with. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  costH: ["power:0.1,2", "power:3,2.5"],
  initialRates: ["uniform:0,2", "constant:1", "list:1,2,3"],
  start: ["backlog:3", "occupancy:0.5,0.25", "clustered:0.5,0.25"],
  servers: ["1", "2", "3", "10", "30"],
  pools: ["2", "10"],
  graph: [
    ...["regular:3", "geometric:6", "geometric:6,3,1.5", "geometric:radius=0.2", "erdos-renyi:4", "torus:2"],
    "file:x\nserver,type\n0,0\n1,1\n2,2",
  ],
  rates: ["two-class:0.5,3", "linear:3", "power:0.5", "random:0.5", "list:1,1,2", "file:x\n1,2,3"],
  policy: ["jsq-d:3", "jsq-d:d=3:replacement=yes", "jsq:lowest-number", "class:2"],
  services: ["zero-or:3", "binomial:4"],
  utilities: ["log-share:10", "linear:1/table:0,3,5", "quadratic:1,0.1", "piecewise-linear:2@3,1", "suboptimality:0.5"],
  offeredLoad: ["5", "sine:4,2,40", "steps:1,2@10"],
  fractions: ["0.5,0.5", "0.3,0.7"],
};

/** Up to three settings of a scenario's parameters, each as it should be or not. */
export function someSettings(random: RandomStream, { parameters }: Scenario): Record<string, string> {
  const settings: Record<string, string> = {};
  for (let i = uniformIndex(random, 3); i >= 0; i--) {
    const name = one(random, Object.keys(parameters));
    const words = parameters[name].range.split(" | ").filter((word) => /^[a-z-]+$/.test(word));
    const value = one(random, [parameters[name].default, ...words, ...(EXAMPLES[name] ?? [])]);
    settings[name] = mutatedSetting(random, value);
  }
  return settings;
}

/** A CSV like the given one, with fields, lines or bytes of it changed. */
export function mutatedCsv(random: RandomStream, csv: string): string {
  const lines = csv.split("\n");
  for (let i = uniformIndex(random, 4); i > 0; i--) {
    const at = uniformIndex(random, lines.length);
    const fields = lines[at].split(",");
    const field = uniformIndex(random, fields.length);
    switch (uniformIndex(random, 4)) {
      case 0:
        lines[at] = fields.with(field, mutatedSetting(random, fields[field])).join(",");
        break;
      case 1:
        lines[at] = mutatedSetting(random, lines[at]);
        break;
      case 2:
        lines.splice(at, 0, one(random, lines));
        break;
      default:
        lines.splice(at, 1, one(random, ["", ",,,", "#", "\uFEFF0,0", "0;0", "time,size"]));
    }
  }
  return lines.join(one(random, ["\n", "\n", "\r\n", "\r", "\n\n"]));
}
