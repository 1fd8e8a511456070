import { UserError } from "./errors.js";

/**
 * What a server pool is worth by the number of tasks in it, u_i in Goldsztajn, Borst and van Leeuwaarden (2023), section
 * 2.1: concave, not necessarily increasing. A new family is one more entry in `families`.
 */
export interface Utility {
  /** What `parseUtility` reads. */
  readonly name: string;
  /** u(tasks), for whole tasks >= 0. */
  value(tasks: number): number;
  /** Delta(tasks) = u(tasks + 1) - u(tasks), what one more task adds: worked out so that equal ones are equal numbers. */
  marginal(tasks: number): number;
  /** From this many tasks on, the form of the family alone keeps the marginal utility from rising. */
  readonly concaveFrom: number;
  /** Whether what a task adds stays above some number, however many tasks there are. */
  readonly boundedMarginals: boolean;
}

/** u(x) = x log(resources / x): tasks that share resources alike, each worth the logarithm of its share (section 2.3.1). */
export function logShare(resources: number): Utility {
  return {
    name: `log-share:${resources}`,
    value: (tasks) => (tasks === 0 ? 0 : tasks * Math.log(resources / tasks)),
    marginal: (tasks) => Math.log(resources / (tasks + 1)) - (tasks === 0 ? 0 : tasks * Math.log1p(1 / tasks)),
    concaveFrom: 0,
    boundedMarginals: false,
  };
}

/** u(x) = slope x. */
export function linear(slope: number): Utility {
  return {
    name: `linear:${slope}`,
    value: (tasks) => slope * tasks,
    marginal: () => slope,
    concaveFrom: 0,
    boundedMarginals: true,
  };
}

/** u(x) = a x - b x^2 up to `cap` tasks, which need not be whole, and constant from there. */
export function quadratic(a: number, b: number, cap: number): Utility {
  const value = (tasks: number): number => {
    const x = Math.min(tasks, cap);
    return x * (a - b * x);
  };
  return {
    name: `quadratic:${a},${b}${cap === Number.POSITIVE_INFINITY ? "" : `,${cap}`}`,
    value,
    marginal: (tasks) => (tasks + 1 <= cap ? a - b * (2 * tasks + 1) : value(tasks + 1) - value(tasks)),
    concaveFrom: b >= 0 && cap === Number.POSITIVE_INFINITY ? 0 : Number.isFinite(cap) ? Math.ceil(cap) : 1,
    boundedMarginals: b === 0 || Number.isFinite(cap),
  };
}

/** A stretch of a piecewise linear function. */
export interface Piece {
  readonly slope: number;
  /** Where it ends; Infinity for the last piece. */
  readonly end: number;
}

/** u(0) = 0, then with the slope of each piece until its end; the last one never ends. */
export function piecewiseLinear(pieces: readonly Piece[]): Utility {
  const value = (tasks: number): number => {
    let utility = 0;
    let from = 0;
    for (const { slope, end } of pieces) {
      if (tasks <= from) break;
      utility += slope * (Math.min(tasks, end) - from);
      from = end;
    }
    return utility;
  };
  const marginal = (tasks: number): number => {
    const whole = pieces.find(({ end }) => tasks < end) as Piece;
    return tasks + 1 <= whole.end ? whole.slope : value(tasks + 1) - value(tasks);
  };
  const texts = pieces.map(({ slope, end }) => (end === Number.POSITIVE_INFINITY ? `${slope}` : `${slope}@${end}`));
  const lastBend = pieces.length < 2 ? 0 : pieces[pieces.length - 2].end;
  const name = `piecewise-linear:${texts.join(",")}`;
  return { name, value, marginal, concaveFrom: Math.ceil(lastBend), boundedMarginals: true };
}

/** u(0), u(1), ... as listed, at least two; further tasks add what the last listed one does. */
export function table(values: readonly number[]): Utility {
  const last = values.length - 1;
  const marginal = (tasks: number): number => {
    const from = Math.min(tasks, last - 1);
    return values[from + 1] - values[from];
  };
  return {
    name: `table:${values.join(",")}`,
    value: (tasks) => (tasks <= last ? values[tasks] : values[last] + (tasks - last) * marginal(tasks)),
    marginal,
    concaveFrom: last - 1,
    boundedMarginals: true,
  };
}

/**
 * The two classes of section 9.3, where the greedy policy is beaten: every task in a pool of the first is worth `epsilon`,
 * and in a pool of the second the first task is worth 1 and no other anything.
 */
export function suboptimalityExample(epsilon: number): Utility[] {
  return [
    linear(epsilon),
    piecewiseLinear([
      { slope: 1, end: 1 },
      { slope: 0, end: Number.POSITIVE_INFINITY },
    ]),
  ];
}

const families: ReadonlyMap<string, (text: string) => Utility> = new Map([
  ["log-share", (text) => logShare(positive(numbers(text, 1, 1, "log-share:RESOURCES")[0]))],
  ["linear", (text) => linear(numbers(text, 1, 1, "linear:SLOPE")[0])],
  ["quadratic", parseQuadratic],
  ["piecewise-linear", (text) => piecewiseLinear(parsePieces(text))],
  ["table", (text) => table(numbers(text, 2, Number.POSITIVE_INFINITY, "table:U0,U1,... with at least two values"))],
]);

/** Tasks up to which a utility may bend, since every task up to there is checked. */
const MOST_TASKS = 1_000_000;

/** How each family is written, for help and messages. */
export const UTILITY_FAMILIES =
  "log-share:RESOURCES | linear:SLOPE | quadratic:A,B or A,B,CAP | piecewise-linear:SLOPE@END,...,SLOPE | table:U0,U1,...";

/**
 * Reads the utility of one class.
 *
 * @throws UserError for an unknown family, a parameter that is wrong, or a function that is not concave, naming where
 */
export function parseUtility(text: string): Utility {
  const colon = text.indexOf(":");
  const family = families.get(text.slice(0, Math.max(0, colon)));
  if (family === undefined) throw new UserError(`unknown utility "${text}": use one of ${UTILITY_FAMILIES}`);
  const utility = family(text.slice(colon + 1));
  checkConcave(utility);
  return utility;
}

/** Reads the utilities of all classes, UTILITY/UTILITY/..., or suboptimality:EPSILON for the two of section 9.3. */
export function parseUtilities(text: string): Utility[] {
  const example = /^suboptimality:(.*)$/.exec(text);
  if (example === null) return text.split("/").map(parseUtility);
  const [epsilon] = numbers(example[1], 1, 1, "suboptimality:EPSILON");
  if (!(epsilon > 0 && epsilon < 1)) throw new UserError(`suboptimality:${epsilon}: EPSILON must be between 0 and 1`);
  return suboptimalityExample(epsilon);
}

/** Throws UserError naming the first task that adds more than the one before it; also where that takes too long to see. */
function checkConcave(utility: Utility): void {
  if (utility.concaveFrom > MOST_TASKS) {
    throw new UserError(
      `utility "${utility.name}" bends at ${utility.concaveFrom} tasks: let it bend at ${MOST_TASKS} or fewer`,
    );
  }
  for (let tasks = 0; tasks <= utility.concaveFrom; tasks++) {
    const [before, after] = [utility.marginal(tasks), utility.marginal(tasks + 1)];
    if (after <= before) continue;
    throw new UserError(
      `utility "${utility.name}" is not concave at ${tasks + 1} tasks: task ${tasks + 1} adds ${before}, ` +
        `and task ${tasks + 2} adds ${after}, which is more`,
    );
  }
}

function numbers(text: string, least: number, most: number, form: string): number[] {
  const parts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (parts.length < least || parts.length > most || !parts.every(Number.isFinite)) {
    throw new UserError(`utility parameters "${text}": write ${form}`);
  }
  return parts;
}

function positive(value: number): number {
  if (!(value > 0)) throw new UserError(`utility parameter ${value}: must be > 0`);
  return value;
}

function parseQuadratic(text: string): Utility {
  const [a, b, cap = Number.POSITIVE_INFINITY] = numbers(text, 2, 3, "quadratic:A,B or quadratic:A,B,CAP");
  return quadratic(a, b, positive(cap));
}

function parsePieces(text: string): Piece[] {
  const form = `utility "piecewise-linear:${text}": write SLOPE@END,...,SLOPE, the ends rising and the last slope without one`;
  const parts = text.split(",");
  let from = 0;
  return parts.map((part, index) => {
    const [slope, end = Number.POSITIVE_INFINITY, ...rest] = part.split("@").map(Number);
    const isLast = index === parts.length - 1;
    const fits = rest.length === 0 && Number.isFinite(slope) && part !== "" && end > from;
    if (!fits || isLast !== (end === Number.POSITIVE_INFINITY)) throw new UserError(form);
    from = end;
    return { slope, end };
  });
}
