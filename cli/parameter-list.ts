import type { ParameterDefinitions } from "../experiments/parameters.js";
import { wrapped } from "../model/wrapped.js";

/** Where the width of the terminal is not known. */
const WIDTH = 100;

/** The width of texts for people. */
export function textWidth(): number {
  return process.stdout.columns ?? WIDTH;
}

/** Every parameter with its present value, what it means and what it may be, as lines. */
export function parameterList(definitions: ParameterDefinitions, settings: Readonly<Record<string, string>>): string {
  const indented = (text: string): string => wrapped(text, textWidth(), "    ");
  return Object.entries(definitions)
    .flatMap(([name, { default: value, unit, range, description }]) => [
      `${name}=${settings[name] ?? value}${unit === "" ? "" : ` (${unit})`}`,
      ...[indented(description), indented(range)],
    ])
    .join("\n");
}
