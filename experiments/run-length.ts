import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { LEAST_RELAXATION_TIMES } from "./measured.js";
import type { Experiment } from "./scenario.js";

/** Relative precision of the mean total queue, for the recommended measuring time. */
const PRECISION = 0.01;

export interface RunLength {
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  /** Whether the user set the measuring time. */
  readonly isChosen: boolean;
  /** The longest run that starts without an explicit duration. */
  readonly longest: ModelTime;
}

/**
 * Refuses a run that is too short for the relaxation time to give any interval, and one with the default duration that would
 * be unexpectedly long. The message states the relaxation time and the duration needed.
 *
 * @throws UserError
 */
export function checkRunLength({ relaxationTime, system }: Experiment, length: RunLength): void {
  if (relaxationTime === undefined) return;
  const unit = system.slots === undefined ? "time units" : "slots";
  const relaxation = `the relaxation time of the queues is about ${inWords(relaxationTime)} ${unit}`;
  // The time average of a queue in heavy traffic has relative variance relaxation time / measuring time.
  const needed =
    `an interval needs ${inWords(LEAST_RELAXATION_TIMES * relaxationTime)}, a precision of ${100 * PRECISION} % of the mean queue ` +
    `about ${inWords(relaxationTime / PRECISION ** 2)}`;
  if (length.isChosen && length.measuringTime < LEAST_RELAXATION_TIMES * relaxationTime)
    throw new UserError(
      `--duration of ${inWords(length.measuringTime)} ${unit}: ${relaxation}; ${needed}. Measure for longer, or use fewer servers or a smaller alpha`,
    );
  const whole = length.warmUpTime + length.measuringTime;
  if (!length.isChosen && whole > length.longest)
    throw new UserError(
      `${relaxation}: warm-up and measurement would take ${inWords(whole)}, more than the default limit of ${inWords(length.longest)}; ` +
        `${needed}. Set --duration (and --warmup) to run it anyway, or use fewer servers or a smaller alpha`,
    );
}

function inWords(time: ModelTime): string {
  return time < 1e6 ? String(Math.round(time)) : time.toExponential(1);
}
