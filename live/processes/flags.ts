import { type Command, InvalidArgumentError, Option, type OutputConfiguration } from "commander";
import { messageOf, UserError } from "../../model/errors.js";
import { LOOPBACK } from "../http/endpoints.js";
import { parseSeconds } from "../units.js";
import { EXIT } from "./process.js";

/**
 * A flag that can also be set by an environment variable, with a parser whose UserError becomes the error message.
 *
 * @param variable the environment variable without its prefix EQUIPOISE_
 */
export function flag<T>(
  flags: string,
  description: string,
  variable: string,
  parse: (text: string) => T,
  fallback?: string,
): Option {
  const option = plainFlag(flags, description, parse).env(`EQUIPOISE_${variable}`);
  return fallback === undefined ? option.makeOptionMandatory() : option.default(parse(fallback), fallback);
}

/** An optional flag, with a parser whose UserError becomes the error message. */
export function plainFlag<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
  fallback?: string,
): Option {
  const option = new Option(flags, description).argParser((text: string) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  });
  return fallback === undefined ? option : option.default(parse(fallback), fallback);
}

/**
 * Throws UserError if one of these flags is on the command line of this process.
 *
 * @param where they have no effect, in words: "--via"
 * @param names without their dashes
 */
export function refuseFlags(where: string, names: readonly string[]): void {
  for (const name of names) {
    if (process.argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)))
      throw new UserError(`--${name} has no effect with ${where}: omit it`);
  }
}

/** Returns the text unchanged. */
export function text(value: string): string {
  return value;
}

/** Checks a URL to which jobs are posted. */
export function httpUrl(url: string): string {
  if (!URL.canParse(url) || new URL(url).protocol !== "http:") throw new UserError(`"${url}" is not an http:// URL`);
  return url;
}

/** The dispatchers of a server node or load generator, in the order of their numbers. */
export function dispatcherFlag(): Option {
  return flag(
    "--dispatcher <urls>",
    "URL of the dispatcher, or of all dispatchers in the order of their numbers, separated by commas",
    "DISPATCHER",
    (value) => value.split(","),
    "ws://127.0.0.1:7070",
  );
}

/** The seed, which all processes of a system share. */
export function seedFlag(): Option {
  return flag("--seed <text>", "seed of all random numbers", "SEED", text, "1");
}

/** The time unit in seconds, which all processes of a system share. */
export function timeUnitFlag(): Option {
  return flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms");
}

/** The address to listen on. */
export function hostFlag(): Option {
  return flag(
    "--host <address>",
    "address to listen on; use one beyond the loopback interface only in a network you trust",
    "HOST",
    text,
    LOOPBACK,
  );
}

/** Whether to ask the dispatcher for this process's configuration. */
export function joinFlag(): Option {
  return new Option("--join", "get the configuration from the dispatcher: no flag but its address is needed").env(
    "EQUIPOISE_JOIN",
  );
}

/** How commander says what is wrong: as all our messages do, in one line that begins with the name of the program. */
export function messagesUnder(name: string): OutputConfiguration {
  return {
    outputError: (text, write) =>
      write(text.replace(/^error: /, `${name}: `).replace(/\n\(Did you mean (.*)\?\)/, "; did you mean $1?")),
  };
}

/**
 * Reads the flags of the process. An invalid flag ends the process as a usage error, with commander's message.
 *
 * @param given flags from elsewhere, which those of the command line override
 */
export function readFlags<Flags extends object>(command: Command, given: readonly string[] = []): Flags {
  return command
    .configureOutput(messagesUnder(command.name()))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
    .parse([...given, ...process.argv.slice(2)], { from: "user" })
    .opts<Flags>();
}
