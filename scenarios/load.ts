import { UserError } from "../model/errors.js";
import type { ModelTime, Rate } from "../model/units.js";
import { positiveNumber } from "./parameters.js";

/** How heavily the servers are loaded, per server of unit rate. */
export interface Load {
  readonly arrivalRate: Rate;
  /** The exponent with arrivalRate = 1 - n^-alpha; undefined in overload, where there is none. */
  readonly alpha: number | undefined;
}

/** The parameters `alpha` and `arrivalRate`, of which one says the load. */
export function loadParameters(alpha: string, range: string, parseAlpha: (text: string) => number) {
  return {
    alpha: {
      description: "how close to full load: the arrival rate per server is 1 - n^-alpha",
      unit: "",
      default: alpha,
      range,
      parse: parseAlpha,
    },
    arrivalRate: {
      description: "arrival rate per server, in the place of alpha",
      unit: "jobs per time unit",
      default: "by-alpha",
      range: "> 0, below 1 if buffers are infinite; or by-alpha",
      parse: (text: string): Rate | "by-alpha" => (text === "by-alpha" ? text : positiveNumber(text)),
    },
  };
}

/**
 * The load that the parameters say.
 *
 * @throws UserError if both are set, if one server cannot have a load by alpha, or if infinite buffers would fill for ever
 */
export function loadOf(
  { servers, alpha, arrivalRate, buffer }: LoadValues,
  settings: Readonly<Record<string, string>>,
): Load {
  if (arrivalRate === "by-alpha") {
    if (servers < 2) throw new UserError("servers = 1: 1 - n^-alpha is 0 then; set arrivalRate instead of alpha");
    const byAlpha = 1 - servers ** -alpha;
    if (byAlpha === 0 || byAlpha === 1)
      throw new UserError(`alpha = ${alpha}: 1 - n^-alpha cannot be told from ${byAlpha} in floating point`);
    return { arrivalRate: byAlpha, alpha };
  }
  if (settings.alpha !== undefined)
    throw new UserError(`alpha = ${settings.alpha}, arrivalRate = ${settings.arrivalRate}: set one of them, not both`);
  if (arrivalRate >= 1 && buffer === Number.POSITIVE_INFINITY)
    throw new UserError(
      `arrivalRate = ${arrivalRate}: must be below the service rate 1 of a server, or infinite buffers fill for ever; set a finite buffer to see an overload`,
    );
  if (arrivalRate >= 1 || servers < 2) return { arrivalRate, alpha: undefined };
  return { arrivalRate, alpha: -Math.log(1 - arrivalRate) / Math.log(servers) };
}

interface LoadValues {
  readonly servers: number;
  readonly alpha: number;
  readonly arrivalRate: Rate | "by-alpha";
  readonly buffer: number;
}

/** Relaxation times until the empty start is forgotten: e^-8 of it is left. */
const WARM_UP = 8;
/** Relaxation times to measure, if that is not more than the limit or less than the least. */
const MEASUREMENT = 250;
const LEAST_MEASUREMENT = 25;
const SHORTEST: ModelTime = 1500;
const WHOLE: ModelTime = 3000;

/** How long to warm up and to measure a system that remembers for `relaxationTime`. */
export function timesFor(relaxationTime: ModelTime): { warmUpTime: ModelTime; measuringTime: ModelTime } {
  const wanted = Math.min(MEASUREMENT * relaxationTime, WHOLE);
  return {
    warmUpTime: Math.ceil(Math.max(50, WARM_UP * relaxationTime)),
    measuringTime: Math.ceil(Math.max(SHORTEST, wanted, LEAST_MEASUREMENT * relaxationTime)),
  };
}
