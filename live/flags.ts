import { type Command, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../model/errors.js";
import { LOOPBACK } from "./endpoints.js";
import { EXIT } from "./process.js";

/**
 * A flag that can also be set by an environment variable, with a parser whose UserError becomes the message.
 *
 * @param variable the environment variable, without its prefix EQUIPOISE_
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

/** A flag that need not be given, with a parser whose UserError becomes the message. */
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

/** A text taken as it is. */
export function text(value: string): string {
  return value;
}

/** Several, separated by commas. */
export function urls(value: string): string[] {
  return value.split(",");
}

/** The address to listen on. */
export function hostFlag(): Option {
  return flag(
    "--host <address>",
    "address to listen on; beyond the loopback interface only in a network that you trust",
    "HOST",
    text,
    LOOPBACK,
  );
}

/** Whether to ask the dispatcher for a place. */
export function joinFlag(): Option {
  return new Option("--join", "ask the dispatcher what to run with: only its address is needed then").env(
    "EQUIPOISE_JOIN",
  );
}

/**
 * Reads the flags of the process. One that cannot be read ends the process as a usage error, with commander's message.
 *
 * @param given flags from elsewhere, over which those of the command line go
 */
export function readFlags<Flags extends object>(command: Command, given: readonly string[] = []): Flags {
  return command
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
    .parse([...given, ...process.argv.slice(2)], { from: "user" })
    .opts<Flags>();
}
