import { parseSeconds } from "../live/units.js";
import { UserError } from "../model/errors.js";

/** A wall-clock time as a whole value or as an option within one: `250ms`, `constant:0.5ms`, `steps:0.5,0.9@10m`. */
const WALL_CLOCK_TIME = /(?<=^|[:,=@])\d*\.?\d+(?:ms|s|m|h)(?=$|[:,@])/g;

/**
 * The value with its wall-clock times in time units.
 *
 * @param timeUnitSeconds undefined if nothing says how long a time unit is
 * @throws UserError if there is such a time, and nothing says so
 */
export function inTimeUnits(value: string, timeUnitSeconds: number | undefined): string {
  return value.replace(WALL_CLOCK_TIME, (time) => {
    if (timeUnitSeconds === undefined)
      throw new UserError(`${time} is a wall-clock time: say with timeUnit how long a time unit is`);
    return String(Number((parseSeconds(time) / timeUnitSeconds).toPrecision(12)));
  });
}
