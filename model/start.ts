import { UserError } from "./errors.js";
import { type Family, family, readMember } from "./family.js";
import { listOf, number, whole } from "./options.js";
import { type RandomStream, shuffle } from "./random.js";

/** How many jobs servers have at time 0. */
export interface Start {
  readonly meanJobs: number;
  readonly mostJobs: number;
  /**
   * The fraction of the servers of each class with at least i jobs, at index i - 1. Undefined where the jobs come together at time 0 and
   * go where the policy sends them, as many for each server on average.
   */
  readonly tail?: readonly number[];
  /** Whether the servers with most jobs have the lowest numbers, and so are neighbours on graphs in space, instead of random ones. */
  readonly isClustered?: true;
}

const fractions = {
  fractions: listOf(
    "FRACTION",
    number("a number >= 0 and <= 1", (one) => one >= 0 && one <= 1),
  ),
};
const descending = {
  range: "none above the one before",
  holds: ({ fractions: tail }: { readonly fractions: readonly number[] }) =>
    tail.every((one, i) => i === 0 || one <= tail[i - 1]),
};

/** Starts on any servers. */
export const starts: readonly Family<Start>[] = [
  family("empty", {}, () => ({ meanJobs: 0, mostJobs: 0 })),
  family("backlog", { jobs: whole(0) }, ({ jobs }) => ({ meanJobs: jobs, mostJobs: jobs })),
  family("occupancy", fractions, ({ fractions: tail }) => withTail(tail), descending),
];

/** Starts on servers that are somewhere in space. */
export const startsInSpace: readonly Family<Start>[] = [
  ...starts,
  family("clustered", fractions, ({ fractions: tail }) => ({ ...withTail(tail), isClustered: true }), descending),
];

function withTail(tail: readonly number[]): Start {
  return {
    tail,
    meanJobs: tail.reduce((sum, fraction) => sum + fraction, 0),
    mostJobs: 1 + tail.findLastIndex((fraction) => fraction > 0),
  };
}

/** Parses a start. Throws UserError naming what is wrong. */
export function parseStart(families: readonly Family<Start>[]): (text: string) => Start {
  return (text) => readMember("start", families, text);
}

/**
 * The jobs of each server at the start, if that says where they are: fractions are rounded to whole servers.
 *
 * @param classSizes servers of each class, whose numbers follow one another
 * @returns undefined where the policy sends them
 */
export function initialQueueLengths(
  { tail, isClustered }: Pick<Start, "tail" | "isClustered">,
  classSizes: readonly number[],
  random: RandomStream,
): Int32Array | undefined {
  if (tail === undefined) return undefined;
  const lengths = new Int32Array(classSizes.reduce((sum, size) => sum + size, 0));
  let first = 0;
  for (const size of classSizes) {
    const ofClass = lengths.subarray(first, first + size);
    for (const fraction of tail) for (let i = Math.round(fraction * size); i > 0; i--) ofClass[i - 1]++;
    if (!isClustered) shuffle(ofClass, random);
    first += size;
  }
  return lengths;
}

/** The server of each of the jobs, in turn: first those that have a job each, then those that have a second one, and so on. */
export function serversInTurn(queueLengths: Int32Array): Int32Array {
  const most = queueLengths.reduce((greatest, length) => Math.max(greatest, length), 0);
  const inTurn: number[] = [];
  for (let level = 1; level <= most; level++)
    for (const [server, length] of queueLengths.entries()) if (length >= level) inTurn.push(server);
  return Int32Array.from(inTurn);
}

/** Throws UserError if servers have more jobs at the start than room for them. Those of a backlog may be blocked. */
export function requireRoom({ tail, mostJobs }: Start, buffer: number): void {
  if (tail !== undefined && mostJobs > buffer)
    throw new UserError(
      `start: ${mostJobs} jobs at a server do not fit into a buffer of ${buffer}; give ${buffer} fractions at most`,
    );
}
