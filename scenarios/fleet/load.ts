import { arrivalsNamed, type ProcessSource } from "../../model/arrivals/index.js";
import { UserError } from "../../model/errors.js";
import { type LoadProfile, parseLoadProfile } from "../../model/load-profile.js";
import { namesFile } from "../../model/named-files.js";
import type { ModelTime, Rate } from "../../model/units.js";

type Settings = Readonly<Record<string, string>>;

interface LoadParameters {
  readonly arrivalRate: Rate;
  readonly load: LoadProfile | undefined;
  readonly arrivals: ProcessSource;
}

/** The load of a fleet. */
export interface FleetLoad {
  /** The mean arrival rate, per server. */
  readonly arrivalRate: Rate;
  /** Work that arrives over what all servers can do. */
  readonly profile: LoadProfile;
  /** The time after which the arrivals repeat themselves, if they do. */
  readonly period: ModelTime | undefined;
}

/** The settings, with the sizes of a trace if the arrivals are of one that has them, and nothing else is said of sizes. */
export function withSizesOfTrace(settings: Settings): Settings {
  const { arrivals, sizes } = settings;
  if (sizes !== undefined || arrivals === undefined || !namesFile(arrivals)) return settings;
  const source = arrivalsNamed(arrivals);
  return source.kind === "process" && source.trace?.sizes !== undefined ? { ...settings, sizes: arrivals } : settings;
}

/**
 * What the parameters say of the load: `load`, or `arrivalRate`, or else the rate of a trace.
 *
 * @param capacity the rate at which all servers together can work
 * @param settings the parameters that the user has set
 * @throws UserError if it is set twice
 */
export function loadOf(
  parameters: LoadParameters,
  { capacity, servers }: { readonly capacity: Rate; readonly servers: number },
  settings: Settings,
): FleetLoad {
  const { load, arrivals } = parameters;
  const { trace } = arrivals;
  if (load !== undefined && settings.arrivalRate !== undefined)
    throw new UserError(`arrivalRate = ${settings.arrivalRate}, load = ${load.name}: set one of them, not both`);
  if (trace !== undefined && load?.varies)
    throw new UserError(`load = ${load.name}: a trace varies as it does; set a constant load, or none`);
  const rate = load === undefined ? rateOf(parameters, servers, settings) : (load.mean * capacity) / servers;
  const profile = load ?? parseLoadProfile(String((rate * servers) / capacity));
  const period = trace === undefined ? profile.period : trace.times.length / (rate * servers);
  return { arrivalRate: rate, profile, period };
}

/**
 * The arrival rate per server where no load is set. A trace with sizes keeps its load: the time unit is its mean size, if sizes and times are
 * in the same unit. Without them its times are in time units.
 */
function rateOf({ arrivalRate, arrivals: { trace } }: LoadParameters, servers: number, settings: Settings): Rate {
  if (trace === undefined || settings.arrivalRate !== undefined) return arrivalRate;
  const { sizes = Float64Array.of(1) } = trace;
  const meanSize = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return (trace.rate * meanSize) / servers;
}
