import { UserError } from "../../model/errors.js";
import { csv, json } from "./columns.js";
import { envoy } from "./envoy.js";
import { haproxy } from "./haproxy.js";
import { emptyEntry, type LineParser, type LogForm, type LogFormat } from "./log-entry.js";
import { nginx } from "./nginx.js";

export const logFormats: readonly LogFormat[] = [nginx, haproxy, envoy, json, csv];
export const LOG_FORMATS = logFormats.map(({ name }) => name);

/**
 * The parser of a log.
 *
 * @param format one of LOG_FORMATS
 * @param firstLines some lines from its start
 * @throws UserError if none of them is a request in this format, with the format that they are in if there is one
 */
export function parserFor(format: string, firstLines: readonly string[], form: LogForm): LineParser {
  const chosen = logFormats.find(({ name }) => name === format);
  if (chosen === undefined) throw new UserError(`unknown format "${format}": use one of ${LOG_FORMATS.join(", ")}`);
  const parser = chosen.parser(firstLines, form);
  if (readsAny(parser, firstLines)) return parser;
  const other = logFormats.find((one) => one !== chosen && readsAny(one.parser(firstLines, {}), firstLines));
  const remedy =
    other === undefined
      ? `write ${chosen.example}${chosen.name === "json" || chosen.name === "csv" ? "" : ", or give its --pattern"}`
      : `they are of format ${other.name}`;
  throw new UserError(`none of the first ${firstLines.length} lines is a request in format ${format}: ${remedy}`);
}

/** Reads all of them, for parsers learn from lines how fine their stamps are. */
function readsAny({ read }: LineParser, lines: readonly string[]): boolean {
  const entry = emptyEntry();
  return lines.filter((line) => read(line, entry)).length > 0;
}
