import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { overridden, type ParameterDefinition } from "../experiments/parameters.js";
import { messageOf, UserError } from "../model/errors.js";
import { namesFile } from "../model/named-files.js";
import { classDefinitions, classText } from "../scenarios/fleet/classes.js";
import { fleet } from "../scenarios/fleet/index.js";
import { fleetKeys, type RunValues, runDefinitions } from "./fleet-keys.js";
import { jobTypeDefinitions, jobTypeText } from "./job-types.js";
import { inTimeUnits } from "./wall-clock-times.js";

/** A fleet as a file describes it: what a command needs besides its own flags. */
export interface FleetFile {
  /** Settings of scenario fleet, as `--set` takes them: times are in time units. Files are named as in the text, and not read. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the file says of the run. */
  readonly run: RunValues;
}

/** What is known of a fleet from elsewhere, and comes before what its file says. */
export interface Recorded {
  /** By the keys of a fleet file, as they would be written there. */
  readonly first: Readonly<Record<string, string>>;
  /** Keys that do not hold any more. */
  readonly without: readonly string[];
  /** Whether somebody has to say how many jobs there are in a unit of time. */
  readonly needsLoad?: boolean;
}

/** Keys and indexes that lead to a value. */
type Place = readonly PropertyKey[];
type Texts = Readonly<Record<string, string>>;
/** What is written in a file: a text for each key, and for each key of classes and types of jobs that are listed. */
type Written = Readonly<Record<string, string | readonly Texts[]>>;

/** What may be listed, with a key for each property of an item. */
interface Listed {
  /** An item, in messages. */
  readonly item: string;
  readonly definitions: Readonly<Record<string, ParameterDefinition<unknown>>>;
  /** Keys that every item has. */
  readonly required: readonly string[];
  /** The setting that says the same. */
  setting(items: readonly Texts[]): readonly [key: string, value: string];
}
const lists: Readonly<Record<string, Listed>> = {
  classes: {
    item: "class",
    definitions: classDefinitions,
    required: ["count", "speed"],
    setting: (items) => ["classes", items.map(classText).join(",")],
  },
  jobs: {
    item: "job type",
    definitions: jobTypeDefinitions,
    required: ["share", "mean", "scv"],
    setting: (items) => ["sizes", `types:${items.map(jobTypeText).join("+")}`],
  },
};

const text = z
  .string({ error: ({ input }) => (input === undefined ? "is missing" : "takes one value") })
  .min(1, "has no value");
const textsFor = (definitions: object) => Object.fromEntries(Object.keys(definitions).map((key) => [key, text]));
const listOf = ({ definitions, required }: Listed) => {
  const keys = textsFor(definitions);
  const optional = Object.fromEntries(
    Object.keys(keys).flatMap((key) => (required.includes(key) ? [] : [[key, text.optional()]])),
  );
  return z
    .array(z.strictObject({ ...keys, ...optional }, "takes a key for each of its properties"))
    .min(1, "lists none");
};
/** Of a file with this content: what is listed may also be one text. */
const schemaFor = (content: Record<string, unknown>) => {
  const listed = Object.entries(lists).flatMap(([key, list]) =>
    Array.isArray(content[key]) ? [[key, listOf(list)]] : [],
  );
  return z.strictObject({ ...textsFor(fleetKeys), ...Object.fromEntries(listed) }).partial();
};

/**
 * Reads a fleet file: YAML, whose keys are the parameters of scenario fleet, and `jobs`, `timeUnit`, `dispatchers`, `views` and `seed`. Classes may,
 * and types of jobs must be listed, with a key for each of their properties. Where `timeUnit` is given, times may be wall-clock times: `slo: 250ms`.
 *
 * @param yaml the text of the file
 * @param name of the file, with which messages begin
 * @param recorded what comes before what is written
 * @throws UserError of one line that names the line and the key
 */
export function readFleetFile(yaml: string, name: string, recorded?: Recorded): FleetFile {
  const source = new Source(yaml, name);
  const { first, without } = recorded ?? { first: {}, without: [] };
  const written: Written = {
    ...overridden(source.written(), [...Object.keys(first), ...without], fleetKeys),
    ...first,
  };
  const run = source.run(written);
  const settings: (readonly [string, string])[] = [];
  for (const [key, value] of Object.entries(written)) {
    if (Object.hasOwn(runDefinitions, key)) continue;
    if (typeof value !== "string") settings.push(source.listed(key, value, run));
    else {
      const setting = source.setting([key], fleetKeys[key], value, run);
      if (Object.hasOwn(fleet.parameters, key)) settings.push([key, setting]);
    }
  }
  source.checkOneLaw(written);
  return { settings: Object.fromEntries(settings), run };
}

/** The text of a fleet file, which knows where in it everything is. */
class Source {
  private readonly lines = new LineCounter();
  private readonly document: Document;

  constructor(
    yaml: string,
    private readonly name: string,
  ) {
    // The failsafe schema leaves every value as it is written, whatever it looks like.
    this.document = parseDocument(yaml, { schema: "failsafe", lineCounter: this.lines, prettyErrors: false });
  }

  /** What is written, with known keys only. */
  written(): Written {
    const [error] = this.document.errors;
    if (error !== undefined) throw this.faultAt(error.pos[0], messageOf(error));
    if (!isMap(this.document.contents))
      throw new UserError(`${this.name}: holds no fleet; write lines KEY: VALUE, as equipoise init fleet does`);
    const content = this.content();
    const { data, error: invalid } = schemaFor(content).safeParse(content);
    if (invalid === undefined) return data as Written;
    const [issue] = invalid.issues;
    if (issue.code !== "unrecognized_keys") throw this.fault(issue.path, issue.message);
    const { [String(issue.path[0])]: list } = lists;
    const [what, known] = issue.path.length === 0 ? ["fleet", fleetKeys] : [list.item, list.definitions];
    const keys = Object.keys(known).join(", ");
    throw this.fault([...issue.path, issue.keys[0]], `is no key of a ${what}: use one of ${keys}`);
  }

  run(written: Written): RunValues {
    const values = Object.entries(runDefinitions).flatMap(([key, { parse }]) => {
      const value = written[key];
      return typeof value === "string" ? [[key, this.checked([key], value, () => parse(value))]] : [];
    });
    return Object.fromEntries(values) as RunValues;
  }

  /** A value as `--set` takes it. Throws UserError if it is invalid; what names a file is checked by whoever reads that. */
  setting(place: Place, { parse, holdsTimes }: ParameterDefinition<unknown>, value: string, run: RunValues): string {
    if (namesFile(value)) return value;
    return this.checked(place, value, () => {
      const converted = holdsTimes === true ? inTimeUnits(value, run.timeUnit) : value;
      parse(converted);
      return converted;
    });
  }

  /** What is listed under a key, as a setting. */
  listed(key: string, items: readonly Texts[], run: RunValues): readonly [string, string] {
    const { definitions, setting } = lists[key];
    const converted = items.map((properties, index) =>
      Object.fromEntries(
        Object.entries(properties).map(([property, value]) => [
          property,
          this.setting([key, index, property], definitions[property], value, run),
        ]),
      ),
    );
    return setting(converted);
  }

  /** Throws UserError if both the sizes of all jobs and those of each type are given. */
  checkOneLaw({ jobs, sizes }: Written): void {
    if (typeof jobs === "object" && sizes !== undefined)
      throw this.fault(["sizes"], "is said by jobs: omit one of them");
  }

  private content(): Record<string, unknown> {
    try {
      return this.document.toJS() as Record<string, unknown>;
    } catch (error) {
      throw new UserError(`${this.name}: ${messageOf(error)}`);
    }
  }

  private checked<T>(place: Place, value: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw this.fault(place, `= ${value}: ${error.message}`);
    }
  }

  private fault(place: Place, what: string): UserError {
    let node: unknown = this.document.contents;
    let offset = 0;
    for (const step of place) {
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
      const item = isSeq(node) ? node.items[Number(step)] : undefined;
      const start = pair?.key ?? item;
      if (isNode(start)) offset = start.range?.[0] ?? offset;
      node = pair?.value ?? item;
    }
    return this.faultAt(offset, `${nameOf(place)} ${what}`);
  }

  private faultAt(offset: number, what: string): UserError {
    return new UserError(`${this.name}, line ${this.lines.linePos(offset).line}: ${what}`);
  }
}

/** As messages name a place: `load`, `class 2` or `speed of class 2`. */
function nameOf([first, index, key]: Place): string {
  if (index === undefined) return String(first);
  const item = `${lists[String(first)].item} ${Number(index) + 1}`;
  return key === undefined ? item : `${String(key)} of ${item}`;
}
