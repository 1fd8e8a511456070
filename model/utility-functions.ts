import { UserError } from "./errors.js";
import { type Family, family, type Option, rangeOf, readMember } from "./family.js";
import { anyNumber, listOf, number, positive, withFallback } from "./options.js";

/**
 * The utility of a server pool as a function of its number of tasks, u_i in Goldsztajn, Borst and van Leeuwaarden (2023), section
 * 2.1: concave, not necessarily increasing. A new family is one more entry in `families`.
 */
export interface Utility {
  /** The text for `parseUtility`. */
  readonly name: string;
  /** u(tasks), for whole tasks >= 0. */
  value(tasks: number): number;
  /** Delta(tasks) = u(tasks + 1) - u(tasks), the marginal utility, computed so that equal values are equal as floating-point numbers. */
  marginal(tasks: number): number;
  /** From this many tasks on, the functional form guarantees that the marginal utility does not increase. */
  readonly concaveFrom: number;
  /** Whether the marginal utility is bounded below. */
  readonly boundedMarginals: boolean;
}

/** u(x) = x log(resources / x): tasks share resources equally, each contributing the logarithm of its share (section 2.3.1). */
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

/** u(x) = a x - b x^2 up to `cap`, which need not be an integer, and constant beyond. */
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

/** A piece of a piecewise linear function. */
export interface Piece {
  readonly slope: number;
  /** End of the piece; Infinity for the last. */
  readonly end: number;
}

/** Piecewise linear with u(0) = 0; the last piece is unbounded. */
function piecewiseLinear(pieces: readonly Piece[]): Utility {
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

/** u(0), u(1), ... as listed, at least two values; extrapolated linearly. */
function table(values: readonly number[]): Utility {
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
 * The two classes of section 9.3, where the greedy policy is suboptimal: every task in a pool of the first class is worth
 * `epsilon`; in a pool of the second class the first task is worth 1, and further tasks nothing.
 */
function suboptimalityExample(epsilon: number): Utility[] {
  return [
    linear(epsilon),
    piecewiseLinear([
      { slope: 1, end: 1 },
      { slope: 0, end: Number.POSITIVE_INFINITY },
    ]),
  ];
}

const pieces: Option<readonly Piece[]> = { range: "", form: "SLOPE@END,...,SLOPE", read: parsePieces };

const families: readonly Family<Utility>[] = [
  family("log-share", { resources: positive }, ({ resources }) => logShare(resources)),
  family("linear", { slope: anyNumber }, ({ slope }) => linear(slope)),
  family("quadratic", { a: anyNumber, b: anyNumber, cap: withFallback(positive, Number.POSITIVE_INFINITY) }, (values) =>
    quadratic(values.a, values.b, values.cap),
  ),
  family("piecewise-linear", { pieces }, (values) => piecewiseLinear(values.pieces)),
  family("table", { values: listOf("U", anyNumber) }, ({ values }) => table(values), {
    range: "at least two values",
    holds: ({ values }) => values.length >= 2,
  }),
];

const examples: readonly Family<Utility[]>[] = [
  family(
    "suboptimality",
    { epsilon: number("a number > 0 and < 1", (value) => value > 0 && value < 1) },
    ({ epsilon }) => suboptimalityExample(epsilon),
  ),
];

/** Maximum `concaveFrom`, since concavity is checked task by task up to there. */
const MOST_TASKS = 1_000_000;

/** The syntax of the utilities of all classes. */
export const UTILITIES = `UTILITY/UTILITY/... of each class: ${rangeOf(families)}; or ${rangeOf(examples)} for both classes of section 9.3`;

/**
 * Parses the utility of one class.
 *
 * @throws UserError for an unknown family, an invalid parameter, or a non-concave function, naming where
 */
export function parseUtility(text: string): Utility {
  const utility = readMember("utility", families, text);
  checkConcave(utility);
  return utility;
}

/** Parses the utilities of all classes, UTILITY/UTILITY/..., or suboptimality:EPSILON for both classes of section 9.3. */
export function parseUtilities(text: string): Utility[] {
  return text.startsWith("suboptimality") ? readMember("utilities", examples, text) : text.split("/").map(parseUtility);
}

/** Throws UserError naming the first task that adds more than the previous one, or if the check would take too long. */
function checkConcave(utility: Utility): void {
  if (utility.concaveFrom > MOST_TASKS) {
    throw new UserError(
      `utility "${utility.name}" bends at ${utility.concaveFrom} tasks: the last bend must be at ${MOST_TASKS} or fewer`,
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

function parsePieces(text: string): Piece[] {
  const parts = text.split(",");
  let from = 0;
  return parts.map((part, index) => {
    const [slope, end = Number.POSITIVE_INFINITY, ...rest] = part.split("@").map(Number);
    const isLast = index === parts.length - 1;
    const fits = rest.length === 0 && Number.isFinite(slope) && part !== "" && end > from;
    if (!fits || isLast !== (end === Number.POSITIVE_INFINITY))
      throw new UserError("must be SLOPE@END,...,SLOPE, with increasing ends and none for the last slope");
    from = end;
    return { slope, end };
  });
}
