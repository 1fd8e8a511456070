import { z } from "zod";
import { TIME_BINS } from "../../model/statistics/time-counts.js";

const bin = z
  .int()
  .min(0)
  .max(TIME_BINS - 1);
const filledBins = z.array(z.tuple([bin, z.int().min(1)])).max(TIME_BINS);
const timesInBins = z.strictObject({ sojourn: filledBins, waiting: filledBins });
/** More than any scenario tells apart. */
const MOST_GROUPS = 100;

/** The times of jobs at their servers, in the bins of `FleetTimes`: how many there are in each that is not empty. */
export const fleetTimesInBins = z.strictObject({ all: timesInBins, groups: z.array(timesInBins).max(MOST_GROUPS) });
