import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { LEAST_RELAXATION_TIMES } from "./queue-looks.js";
import type { Experiment } from "./scenario.js";

/** A relative precision of the mean total queue that people ask for. */
const PRECISION = 0.01;

export interface RunLength {
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  /** Whether the user has said how long to measure. */
  readonly isChosen: boolean;
  /** The longest run that is begun without being asked for. */
  readonly longest: ModelTime;
}

/**
 * Refuses a run that would tell nothing, being no longer than what the system remembers, and one that would take far longer
 * than anybody expects who has not said so. Says how long the system remembers, and what would be needed.
 *
 * @throws UserError
 */
export function checkRunLength({ relaxationTime, system }: Experiment, length: RunLength): void {
  if (relaxationTime === undefined) return;
  const unit = system.slots === undefined ? "time units" : "slots";
  const remembers = `the queues remember for about ${inWords(relaxationTime)} ${unit}`;
  // The time average of a queue in heavy traffic has the relative variance relaxation time / time.
  const needed =
    `${inWords(LEAST_RELAXATION_TIMES * relaxationTime)} for any interval, and about ${inWords(relaxationTime / PRECISION ** 2)} ` +
    `for ${100 * PRECISION} % of the mean queue`;
  if (length.isChosen && length.measuringTime < LEAST_RELAXATION_TIMES * relaxationTime)
    throw new UserError(
      `--duration of ${inWords(length.measuringTime)} ${unit}: ${remembers}; it takes ${needed}. Measure for longer, or take fewer servers or a smaller alpha`,
    );
  const whole = length.warmUpTime + length.measuringTime;
  if (!length.isChosen && whole > length.longest)
    throw new UserError(
      `${remembers}: warm-up and measurement would take ${inWords(whole)}, more than the ${inWords(length.longest)} that are run ` +
        `unasked; it takes ${needed}. Set --duration (and --warmup) to run it all the same, or take fewer servers or a smaller alpha`,
    );
}

function inWords(time: ModelTime): string {
  return time < 1e6 ? String(Math.round(time)) : time.toExponential(1);
}
