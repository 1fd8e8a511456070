import { UserError } from "../../model/errors.js";
import { isPossible, type LineParser, type LogEntry, type LogForm, type LogFormat, REFUSED } from "./log-entry.js";
import { DateReader } from "./time-stamps.js";

/** What a column may hold, and the names under which it is found if the user names none. */
const ROLES = {
  arrival: ["arrival", "time"],
  end: ["end", "msec"],
  response: ["response", "request_time"],
  atServer: ["atServer", "upstream_response_time"],
  size: ["size"],
  server: ["server", "upstream_addr"],
  bytes: ["bytes", "bytes_sent", "body_bytes_sent"],
  status: ["status"],
} as const;
type Role = keyof typeof ROLES;

const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };
const FORM = `ROLE=NAME or ROLE=NAME:UNIT, separated by commas; roles ${Object.keys(ROLES).join(", ")}; units ${Object.keys(UNITS).join(", ")}`;

/** The column of a role. */
interface Column {
  /** Names under which it may be found. */
  readonly names: readonly string[];
  /** In seconds. */
  readonly unit: number;
}

/** Reads `ROLE=NAME[:UNIT],...`. Roles that are not named have their usual names, and seconds. Throws UserError. */
function columnsOf(text: string | undefined): Record<Role, Column> {
  const columns = Object.fromEntries(
    Object.entries(ROLES).map(([role, names]) => [role, { names, unit: 1 }]),
  ) as unknown as Record<Role, Column>;
  for (const part of text === undefined ? [] : text.split(",")) {
    const [role, column] = part.trim().split(/=(.*)/s);
    const [, name, unit] = /^(.+?)(?::(\w+))?$/.exec(column ?? "") ?? [];
    if (!(role in ROLES) || name === undefined || (unit !== undefined && !(unit in UNITS)))
      throw new UserError(`columns: "${part}" is not one; write ${FORM}`);
    columns[role as Role] = { names: [name], unit: UNITS[unit ?? "s"] };
  }
  return columns;
}

/** Finds a value by the names that its column may have. */
type Find = (names: readonly string[]) => unknown;

/** Makes entries from the values of named columns. */
class ColumnReader {
  private readonly columns: Record<Role, Column>;
  private readonly dates = new DateReader();
  /** The finest tick seen so far of each unit that times are in. */
  private tick = 1;

  constructor({ columns, pattern }: LogForm, format: string) {
    if (pattern !== undefined) throw new UserError(`pattern: ${format} has columns instead; write ${FORM}`);
    this.columns = columnsOf(columns);
  }

  read(find: Find, entry: LogEntry): boolean {
    const { columns } = this;
    const arrival = this.time(find, columns.arrival);
    const end = this.time(find, columns.end);
    const atServer = this.number(find, columns.atServer);
    let response = this.number(find, columns.response);
    if (Number.isNaN(response)) response = end - arrival;
    const isRefused = this.number(find, columns.status) === REFUSED;
    const server = isRefused ? undefined : find(columns.server.names);
    entry.tick = this.tick;
    entry.arrival = Number.isNaN(arrival) ? end - (Number.isNaN(response) ? 0 : response) : arrival;
    entry.response = response;
    entry.server = server === undefined || server === null || server === "-" ? "" : String(server);
    entry.returned = Number.isNaN(end) ? entry.arrival + response : end;
    // A log that does not tell the two apart is of requests that reach their server at once.
    entry.received = Number.isNaN(atServer) ? entry.arrival : entry.returned - atServer;
    entry.size = this.number(find, columns.size);
    entry.bytes = this.number(find, columns.bytes);
    return isPossible(entry);
  }

  private number(find: Find, { names, unit }: Column): number {
    const value = find(names);
    if (typeof value === "number") return value * unit;
    return typeof value === "string" && value.trim() !== "" ? Number(value) * unit : Number.NaN;
  }

  /** A number, or a date. */
  private time(find: Find, { names, unit }: Column): number {
    const value = find(names);
    const number =
      typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    const seconds = Number.isNaN(number) && typeof value === "string" ? this.dates.read(value.trim()) : number * unit;
    // Whoever counts in whole units writes no fraction anywhere.
    if (!Number.isNaN(seconds)) this.tick = Math.min(this.tick, tickOf(seconds));
    return seconds;
  }
}

/** The length of the ticks in which this time may have been counted. */
function tickOf(seconds: number): number {
  if (Number.isInteger(seconds)) return 1;
  const milliseconds = seconds * 1000;
  // Seconds since 1970 have a rounding error of 1e-7.
  return Math.abs(milliseconds - Math.round(milliseconds)) < 1e-3 ? 1e-3 : 1e-6;
}

/** One JSON object a line; `a.b` is b in the object a. */
export const json: LogFormat = {
  name: "json",
  example: '{"arrival": SECONDS, "response": SECONDS, "server": NAME}, or --columns',
  parser(_, form): LineParser {
    const columns = new ColumnReader(form, "json");
    let record: Record<string, unknown> = {};
    const find: Find = (names) => {
      for (const name of names) {
        const value = record[name] ?? nested(record, name);
        if (value !== undefined) return value;
      }
      return undefined;
    };
    return {
      read(line, entry) {
        let content: unknown;
        try {
          content = JSON.parse(line);
        } catch {
          return false;
        }
        if (typeof content !== "object" || content === null) return false;
        record = content as Record<string, unknown>;
        return columns.read(find, entry);
      },
    };
  },
};

function nested(record: Record<string, unknown>, path: string): unknown {
  if (!path.includes(".")) return undefined;
  let value: unknown = record;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The fields of a line, separated by commas, semicolons or tabs; in quotes they may hold these, and doubled quotes (RFC 4180). */
export function fieldsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((field) => field.trim());
  const fields: string[] = [];
  const field = new RegExp(`\\s*(?:"((?:[^"]|"")*)"|([^${separator}]*))\\s*(?:${separator}|$)`, "y");
  while (field.lastIndex < line.length) {
    const match = field.exec(line);
    if (match === null) break;
    fields.push(match[1] === undefined ? match[2].trim() : match[1].replaceAll('""', '"'));
  }
  return fields;
}

/** A table whose first line names the columns. */
export const csv: LogFormat = {
  name: "csv",
  example: "a first line that names the columns: arrival,response,server, or --columns",
  parser(firstLines, form): LineParser {
    const columns = new ColumnReader(form, "csv");
    const header = firstLines.find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "";
    const separator = [";", "\t"].find((one) => header.includes(one)) ?? ",";
    const places = new Map(fieldsOf(header, separator).map((name, place) => [name, place]));
    let fields: string[] = [];
    const find: Find = (names) => {
      for (const name of names) {
        const place = places.get(name);
        if (place !== undefined) return fields[place];
      }
      return undefined;
    };
    return {
      header,
      read(line, entry) {
        if (line === header) return false;
        fields = fieldsOf(line, separator);
        return columns.read(find, entry);
      },
    };
  },
};
