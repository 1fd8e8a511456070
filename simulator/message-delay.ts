import { UserError } from "../model/errors.js";
import { exponential, type RandomStream, uniformIndex } from "../model/random.js";
import type { ModelTime } from "../model/units.js";

/** How long a message is on its way between dispatcher and server, one way. */
export type MessageDelay =
  | { readonly law: "none" }
  | { readonly law: "constant"; readonly time: ModelTime }
  | { readonly law: "exponential"; readonly mean: ModelTime }
  /** Each of these times is as likely as any other. */
  | { readonly law: "empirical"; readonly times: readonly ModelTime[] };

export const NO_DELAY: MessageDelay = { law: "none" };

/**
 * Reads `none`, `constant:TIME`, `exponential:MEAN` or `empirical:FILE`, in units of model time; a file has one time a line.
 *
 * @param readFile the text of a file
 * @throws UserError naming the part that is wrong
 */
export function parseMessageDelay(text: string, readFile: (file: string) => string): MessageDelay {
  const [law, argument] = [text.split(":", 1)[0], text.slice(text.indexOf(":") + 1)];
  if (text === "none") return NO_DELAY;
  if (law === "constant") return { law, time: parseTime(argument, text) };
  if (law === "exponential") return { law, mean: parseTime(argument, text) };
  if (law === "empirical") return { law, times: parseTimes(readFile(argument), argument) };
  throw new UserError(`"${text}": use none, constant:TIME, exponential:MEAN or empirical:FILE, in units of model time`);
}

function parseTime(text: string, whole: string): ModelTime {
  const time = Number(text);
  if (text.trim() === "" || !(time > 0 && Number.isFinite(time))) {
    throw new UserError(`"${whole}": the time must be a number > 0, in units of model time, e.g. constant:0.02`);
  }
  return time;
}

function parseTimes(text: string, file: string): ModelTime[] {
  const lines = text.split(/\r?\n/);
  const times = lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const time = Number(line);
    if (!(time >= 0 && Number.isFinite(time))) {
      throw new UserError(`${file}, line ${index + 1}: "${line}" is not a time; write one number >= 0 a line`);
    }
    return [time];
  });
  if (times.length === 0) throw new UserError(`${file} has no times; write one number >= 0 a line`);
  return times;
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
  }
}
