import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Reads a duration in wall-clock time such as `50ms`, `1.5s` or `3m`. Returns seconds. Throws UserError. */
export function parseSeconds(text: string): number {
  const match = /^([\d.]+)(ms|s|m|h)$/.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]) * SECONDS[match[2]];
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UserError(`"${text}" is not a duration: write a number and ms, s, m or h, e.g. 50ms`);
  }
  return value;
}

/** A duration as the user gave it: in seconds, or in units of model time. */
export type Duration = { readonly seconds: number } | { readonly modelTime: ModelTime };

/** Reads `90s`, `3m` (wall-clock time) or `1800u` (units of model time). Throws UserError. */
export function parseDuration(text: string): Duration {
  const units = /^([\d.]+)u$/.exec(text.trim());
  if (units === null) return { seconds: parseSeconds(text) };
  const modelTime = Number(units[1]);
  if (!(modelTime > 0 && Number.isFinite(modelTime))) throw new UserError(`"${text}" is not a number of time units`);
  return { modelTime };
}

/** Converts a duration to model time. */
export function toModelTime(duration: Duration, timeUnitSeconds: number): ModelTime {
  return "modelTime" in duration ? duration.modelTime : duration.seconds / timeUnitSeconds;
}
