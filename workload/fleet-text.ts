import { Document, isMap, visit } from "yaml";
import { wrapped } from "../model/wrapped.js";
import { classWords } from "../scenarios/fleet/classes.js";
import { fleetKeys } from "./fleet-keys.js";

/** Characters of a comment's line. */
const WIDTH = 100;

/**
 * The text of a fleet file, as `readFleetFile` reads it: every key with a comment that describes it, those without a value with their
 * default in a comment.
 *
 * @param values by key, as they are to be written: times may be wall-clock times if `timeUnit` is given
 * @param title lines at the top, without the marks of a comment
 * @throws UserError if classes are invalid
 */
export function writeFleetFile(values: Readonly<Record<string, string>>, title: readonly string[]): string {
  const parts = Object.entries(fleetKeys).map(([key, { description, unit, range, default: fallback }]) => {
    const { [key]: value } = values;
    const comments = [`${description}${unit === "" || unit === description ? "" : ` (${unit})`}:`, range];
    const entry = value === undefined ? `# ${key}: ${fallback}\n` : entryOf(key, value);
    return `${comments.map((text) => wrapped(text, WIDTH, "# ")).join("\n")}\n${entry}`;
  });
  return [title.map((line) => `# ${line}\n`).join(""), ...parts].join("\n");
}

function entryOf(key: string, value: string): string {
  const isListed = key === "classes" && value !== fleetKeys.classes.default;
  const document = new Document({ [key]: isListed ? classWords(value) : value }, { schema: "failsafe" });
  // One class a line.
  visit(document, {
    Seq(_, { items }) {
      for (const item of items) if (isMap(item)) item.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}
