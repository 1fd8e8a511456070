import {
  bufferSize,
  MOST_MEMBERS,
  oneOf,
  type ParameterDefinitions,
  type ParameterValues,
  positiveNumber,
  wholeNumber,
} from "../../experiments/parameters.js";
import type { SystemModel } from "../../experiments/scenario.js";
import { fixedRateServer, ONE_CLASS, startingRates } from "../../experiments/servers.js";
import { UserError } from "../../model/errors.js";
import type { InitialRates } from "../../model/initial-rates.js";
import type { JobTimeout } from "../../model/job-timeout.js";
import type { ServerModel } from "../../model/server-model.js";
import type { Rate } from "../../model/units.js";
import { zoneName } from "./network.js";

/** How the servers of this scenario serve. */
export const FLEET_DISCIPLINES = ["fifo", "ps"] as const;
export type FleetDiscipline = (typeof FLEET_DISCIPLINES)[number];

/** What may be said of a class of servers. Its text has the first two by position, the next two by position or by key, others by key. */
export const classDefinitions = {
  count: {
    description: "servers of the class",
    unit: "servers",
    default: "1",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  speed: {
    description: "work that each worker of such a server does in a time unit",
    unit: "per time unit",
    default: "1",
    range: "> 0",
    parse: positiveNumber,
  },
  workers: {
    description: "jobs that such a server serves at its full rate at once",
    unit: "",
    default: "as workers",
    range: "whole number >= 1",
    parse: wholeNumber(1),
  },
  discipline: {
    description: "how such a server serves",
    unit: "",
    default: "as discipline",
    range: FLEET_DISCIPLINES.join(" | "),
    parse: oneOf(...FLEET_DISCIPLINES),
  },
  buffer: {
    description: "jobs that such a server holds at most, those in service included",
    unit: "jobs",
    default: "as buffer",
    range: "whole number >= 1, or infinite",
    parse: bufferSize,
  },
  zone: {
    description: "where such a server is, for delays that depend on it",
    unit: "",
    default: "none",
    range: "a name of letters, digits and underscores",
    parse: zoneName,
  },
} as const satisfies ParameterDefinitions;

type ClassKey = keyof typeof classDefinitions;
const CLASS_KEYS = Object.keys(classDefinitions) as ClassKey[];

/** Servers that are alike; what is left out is as the scenario's parameter of that name says. */
export type ServerClass = Pick<ParameterValues<typeof classDefinitions>, "count" | "speed"> &
  Partial<ParameterValues<typeof classDefinitions>>;

/** Every class has these. */
const REQUIRED = ["count", "speed"] as const;
const BY_POSITION: readonly ClassKey[] = [...REQUIRED, "workers", "discipline"];
const BY_KEY = CLASS_KEYS.slice(REQUIRED.length);

/** The syntax of classes. */
export const CLASSES =
  "COUNTxSPEED[xWORKERS[xDISCIPLINE]],..., such as 8x1,4x2x2xps; " +
  `any property but these two also by its key, as in 4x2:discipline=ps (${BY_KEY.join(", ")}); or auto`;

/** Parses classes; undefined for `auto`. Throws UserError naming the class that is wrong. */
export function parseClasses(text: string): readonly ServerClass[] | undefined {
  if (text === "auto") return undefined;
  return text.split(",").map((part, index) => {
    const fault = (what: string): UserError =>
      new UserError(`class ${index + 1}, "${part}": ${what}; write ${CLASSES}`);
    const words = wordsOf(part.trim(), fault);
    for (const key of REQUIRED) if (!words.has(key)) words.set(key, "");
    const values = [...words].map(([key, word]) => {
      try {
        return [key, classDefinitions[key].parse(word)];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        throw fault(`its ${key} ${error.message}`);
      }
    });
    return Object.fromEntries(values) as ServerClass;
  });
}

/** The text of each property of a class. */
function wordsOf(text: string, fault: (what: string) => UserError): Map<ClassKey, string> {
  const [inOrder, ...byKey] = text.split(":");
  const first = inOrder.split("x");
  if (first.length > BY_POSITION.length) throw fault("it has too many properties");
  const words = new Map(first.map((word, position) => [BY_POSITION[position], word]));
  for (const property of byKey) {
    const [name, ...value] = property.split("=");
    const key = BY_KEY.find((one) => one === name);
    if (key === undefined || value.length !== 1) throw fault(`"${property}" is no property with its value`);
    if (words.has(key)) throw fault(`its ${key} is given twice`);
    words.set(key, value[0]);
  }
  return words;
}

/** The text of a class, as `parseClasses` parses it. @param properties their texts, by key, the first two always */
export function classText({ count, speed, ...others }: Readonly<Record<string, string>>): string {
  return [`${count}x${speed}`, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)].join(":");
}

/** The texts of the properties of each class, by key: what `classText` makes a text of. Throws UserError as `parseClasses` does. */
export function classWords(text: string): Readonly<Record<string, string>>[] {
  parseClasses(text);
  return text.split(",").map((part) => Object.fromEntries(wordsOf(part.trim(), (what) => new UserError(what))));
}

export interface FleetParameters {
  readonly servers: number;
  readonly initialRates: InitialRates;
  readonly classes: readonly ServerClass[] | undefined;
  readonly workers: number;
  readonly discipline: FleetDiscipline;
  readonly buffer: number;
  readonly timeout: JobTimeout | undefined;
}

/** The servers of a fleet. */
export interface Fleet {
  readonly model: Pick<SystemModel, "servers" | "server" | "serversByClass" | "classNames" | "classOf">;
  /** Of each server: the rate of a worker, the number of its workers, its discipline, the jobs that it holds at most, and its zone. */
  readonly rates: readonly Rate[];
  readonly workers: readonly number[];
  readonly disciplines: readonly FleetDiscipline[];
  readonly buffers: readonly number[];
  readonly zones: readonly (string | undefined)[];
  /** The rate at which all servers together can work. */
  readonly capacity: Rate;
}

/**
 * The servers that the parameters describe.
 *
 * @param settings the parameters that the user has set
 * @throws UserError if classes and what they replace are both set
 */
export function fleetOf(parameters: FleetParameters, settings: Readonly<Record<string, string>>, seed: string): Fleet {
  const { classes } = parameters;
  const fleet = classes === undefined ? oneClass(parameters, seed) : ofClasses(classes, parameters, settings);
  return { ...fleet, capacity: fleet.rates.reduce((sum, rate, server) => sum + rate * fleet.workers[server], 0) };
}

function oneClass(parameters: FleetParameters, seed: string): Parts {
  const { servers, initialRates, workers, discipline, buffer } = parameters;
  return {
    model: { servers, server: { ...serverOf(initialRates, buffer, parameters), discipline, workers }, ...ONE_CLASS },
    rates: startingRates(initialRates, servers, seed),
    workers: new Array<number>(servers).fill(workers),
    disciplines: new Array<FleetDiscipline>(servers).fill(discipline),
    buffers: new Array<number>(servers).fill(buffer),
    zones: new Array<undefined>(servers).fill(undefined),
  };
}

type Parts = Omit<Fleet, "capacity">;

function serverOf(initialRates: InitialRates, buffer: number, { timeout }: FleetParameters): ServerModel {
  return { ...fixedRateServer(initialRates, buffer), ...(timeout?.abandons ? { abandonAfter: timeout.after } : {}) };
}

function ofClasses(
  classes: readonly ServerClass[],
  parameters: FleetParameters,
  settings: Readonly<Record<string, string>>,
): Parts {
  for (const name of ["servers", "initialRates"]) {
    if (settings[name] !== undefined)
      throw new UserError(
        `${name} = ${settings[name]}: the classes say how many servers there are and how fast; omit it`,
      );
  }
  const classOf = classes.flatMap(({ count }, index) => new Array<number>(count).fill(index));
  const completed = classes.map(
    ({ workers = parameters.workers, discipline = parameters.discipline, buffer = parameters.buffer, ...others }) => ({
      ...others,
      ...{ workers, discipline, buffer },
    }),
  );
  const each = <T>(of: (one: (typeof completed)[number]) => T): T[] => classOf.map((index) => of(completed[index]));
  const rates = each(({ speed }) => speed);
  const most = Math.max(...completed.map(({ buffer }) => buffer));
  const server = serverOf({ law: "list", rates }, most, parameters);
  return {
    model: {
      servers: classOf.length,
      server,
      serversByClass: completed.map(({ workers, discipline, buffer }) => ({ ...server, workers, discipline, buffer })),
      classNames: classes.length === 1 ? ONE_CLASS.classNames : classes.map((_, index) => `class-${index + 1}`),
      classOf: (number) => classOf[number],
    },
    rates,
    workers: each(({ workers }) => workers),
    disciplines: each(({ discipline }) => discipline),
    buffers: each(({ buffer }) => buffer),
    zones: each(({ zone }) => zone),
  };
}
