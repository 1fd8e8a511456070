import { type Family, family, formsOf, readMember } from "./family.js";
import { withoutContent } from "./named-files.js";
import { anyText, notNegative, positive } from "./options.js";
import { exponential, type RandomStream, uniformIndex } from "./random.js";
import { linesOf, type RecordForm, Records, readColumn } from "./records.js";
import type { ModelTime } from "./units.js";

/** The distribution of the one-way message delay between dispatcher and server. */
export type MessageDelay =
  | { readonly law: "none" }
  | { readonly law: "constant"; readonly time: ModelTime }
  | { readonly law: "exponential"; readonly mean: ModelTime }
  /** Uniform over these times, which are in a file. */
  | {
      readonly law: "empirical";
      readonly file: string;
      readonly times: readonly ModelTime[];
      readonly mean: ModelTime;
    }
  /** As another, and so much more. */
  | { readonly law: "shifted"; readonly by: ModelTime; readonly of: MessageDelay };

export const NO_DELAY: MessageDelay = { law: "none" };

const FORM: RecordForm = { header: /^(delay|time)s?$/i, form: "one delay a line, a number >= 0 of time units" };

/** Creates the distribution, given access to files. */
type Reading = (readFile: (file: string) => string) => MessageDelay;

const families: readonly Family<Reading>[] = [
  family("none", {}, () => () => NO_DELAY),
  family("constant", { time: positive }, ({ time }) => () => ({ law: "constant", time })),
  family("exponential", { mean: positive }, ({ mean }) => () => ({ law: "exponential", mean })),
  family("empirical", { file: anyText("FILE") }, ({ file }) => (readFile) => {
    const times = readColumn(new Records(file, linesOf(readFile(file)), FORM), "delay", notNegative);
    return { law: "empirical", file, times, mean: times.reduce((sum, time) => sum + time, 0) / times.length };
  }),
];

/** The syntax of delays. */
export const MESSAGE_DELAYS = formsOf(families);

/**
 * Parses a delay, in units of model time; a file has one time per line.
 *
 * @param readFile returns the text of a file
 * @throws UserError naming the invalid part
 */
export function parseMessageDelay(text: string, readFile: (file: string) => string): MessageDelay {
  return readMember("message delay", families, text)(readFile);
}

/** Parses a delay as a setting has it: the content of a file follows its path on the next line. Throws UserError as `parseMessageDelay` does. */
export function messageDelaySetting(text: string): MessageDelay {
  const written = withoutContent(text);
  return parseMessageDelay(written, () => text.slice(written.length + 1));
}

/** The text of a delay as users write it. */
export function formatMessageDelay(delay: MessageDelay): string {
  switch (delay.law) {
    case "none":
      return "none";
    case "constant":
      return `constant:${delay.time}`;
    case "exponential":
      return `exponential:${delay.mean}`;
    case "empirical":
      return `empirical:${delay.file}`;
    case "shifted":
      throw new Error("a delay that nobody wrote has no text");
  }
}

/** How long messages between dispatchers and servers take on purpose, besides what they take by themselves. */
export interface AskedDelays {
  /** No time if left out. */
  readonly delay?: MessageDelay;
  /** The same for a dispatcher and a server, by their numbers, where it is not the same for all. */
  readonly delayBetween?: (dispatcher: number, server: number) => MessageDelay;
}

/** The delay that is asked for between a dispatcher and a server, by their numbers. */
export function delayBetween(
  { delay = NO_DELAY, delayBetween }: AskedDelays,
  dispatcher: number,
  server: number,
): MessageDelay {
  return delayBetween?.(dispatcher, server) ?? delay;
}

/** The mean delay. */
export function meanMessageDelay(delay: MessageDelay): ModelTime {
  switch (delay.law) {
    case "none":
      return 0;
    case "constant":
      return delay.time;
    case "exponential":
    case "empirical":
      return delay.mean;
    case "shifted":
      return delay.by + meanMessageDelay(delay.of);
  }
}

/** Draws one delay. */
export function drawDelay(delay: MessageDelay, random: RandomStream): ModelTime {
  switch (delay.law) {
    case "none":
      return 0;
    case "constant":
      return delay.time;
    case "exponential":
      return exponential(random, delay.mean);
    case "empirical":
      return delay.times[uniformIndex(random, delay.times.length)];
    case "shifted":
      return delay.by + drawDelay(delay.of, random);
  }
}
