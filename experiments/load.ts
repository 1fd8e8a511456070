import { UserError } from "../model/errors.js";
import type { ModelTime, Rate } from "../model/units.js";
import { positiveNumber } from "./parameters.js";

/** The offered load per server of unit rate. */
export interface Load {
  readonly arrivalRate: Rate;
  /** The exponent alpha in arrivalRate = 1 - n^-alpha; undefined in overload. */
  readonly alpha: number | undefined;
}

/** The parameters `alpha` and `arrivalRate`, either of which sets the load. */
export function loadParameters(alpha: string, range: string, parseAlpha: (text: string) => number) {
  return {
    alpha: {
      description: "heavy-traffic exponent: the arrival rate per server is 1 - n^-alpha",
      unit: "",
      default: alpha,
      range,
      parse: parseAlpha,
    },
    arrivalRate: {
      description: "arrival rate per server, instead of alpha",
      unit: "jobs per time unit",
      default: "by-alpha",
      range: "number > 0, < 1 if buffers are infinite; or by-alpha",
      insteadOf: ["alpha"],
      parse: (text: string): Rate | "by-alpha" => (text === "by-alpha" ? text : positiveNumber(text)),
    },
  };
}

/**
 * The load set by the parameters.
 *
 * @throws UserError if both are set, or if alpha is used with a single server
 */
export function loadOf({ servers, alpha, arrivalRate }: LoadValues, settings: Readonly<Record<string, string>>): Load {
  if (arrivalRate === "by-alpha") {
    if (servers < 2) throw new UserError("servers = 1: 1 - n^-alpha is then 0; set arrivalRate instead of alpha");
    const byAlpha = 1 - servers ** -alpha;
    if (byAlpha === 0 || byAlpha === 1)
      throw new UserError(`alpha = ${alpha}: 1 - n^-alpha rounds to ${byAlpha} in floating point`);
    return { arrivalRate: byAlpha, alpha };
  }
  if (settings.alpha !== undefined)
    throw new UserError(`alpha = ${settings.alpha}, arrivalRate = ${settings.arrivalRate}: set one of them, not both`);
  if (arrivalRate >= 1 || servers < 2) return { arrivalRate, alpha: undefined };
  return { arrivalRate, alpha: -Math.log(1 - arrivalRate) / Math.log(servers) };
}

interface LoadValues {
  readonly servers: number;
  readonly alpha: number;
  readonly arrivalRate: Rate | "by-alpha";
}

/** Warm-up in relaxation times: the effect of the empty start decays to e^-8. */
const WARM_UP = 8;
/** Measuring time in relaxation times, within the limits below. */
const MEASUREMENT = 250;
const LEAST_MEASUREMENT = 25;
const SHORTEST: ModelTime = 1500;
const WHOLE: ModelTime = 3000;

/** Warm-up and measuring time for a system with this relaxation time. */
export function timesFor(relaxationTime: ModelTime): { warmUpTime: ModelTime; measuringTime: ModelTime } {
  const wanted = Math.min(MEASUREMENT * relaxationTime, WHOLE);
  return {
    warmUpTime: Math.ceil(Math.max(50, WARM_UP * relaxationTime)),
    measuringTime: Math.ceil(Math.max(SHORTEST, wanted, LEAST_MEASUREMENT * relaxationTime)),
  };
}
