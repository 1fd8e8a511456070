import { LuDecomposition, Matrix } from "ml-matrix";
import type { Rate } from "../../model/units.js";
import { solveLyapunov } from "../numerics/lyapunov.js";
import type { Refined } from "./heterogeneous-mean-field.js";
import { lateBindingSojourn } from "./late-binding.js";

/** Longer waits than are counted have no more than this probability. */
const NEGLIGIBLE = 1e-6;
/** Lengths of a phase, in mean sizes of jobs: each half of the one before, as the extrapolation needs it. */
const PHASES = [1 / 2, 1 / 4, 1 / 8] as const;

/** What holds of the mean wait of many servers, what a finite number adds, and how far that may be off by itself. */
export interface RefinedWait extends Refined {
  readonly correctionError: number;
}

/**
 * The mean wait under late binding at many servers of rate 1, with its first correction: wait = value + correction / n.
 *
 * @param arrivalRate 0 < lambda < 1, per server; sizes are exponential of mean 1
 * @param choices d >= 2
 * @param replacement whether a server may be drawn twice
 * @throws UserError if an argument is out of range, or lambda is too near 1
 *
 * Source: the limit by Hellemans and Van Houdt (2018). The correction is derived: an exponential job is a geometric number of exponential
 * phases, and joining the fewest phases left of d is a mean field of one class (Gast and Van Houdt 2017), with jumps over several
 * levels; phases of one job each make it JSQ(d), and the shorter they are the more exactly they tell the work left. The correction is
 * extrapolated to phases of no length from three lengths; the error is what the last of them changes.
 */
export function refinedLateBinding(arrivalRate: Rate, choices: number, replacement: boolean): RefinedWait {
  const value = lateBindingSojourn(arrivalRate, choices) - 1;
  const [long, middle, short] = PHASES.map((phase) => phasesCorrection(arrivalRate, choices, replacement, phase));
  const extrapolated = (of: (one: PhasesCorrection) => number): number =>
    (of(long) - 6 * of(middle) + 8 * of(short)) / 3;
  const correction = extrapolated((one) => one.byBend + one.byDraws);
  const linear = 2 * (short.byBend + short.byDraws) - (middle.byBend + middle.byDraws);
  return {
    value,
    correction,
    correctionSize: Math.abs(extrapolated((one) => one.byBend)) + Math.abs(extrapolated((one) => one.byDraws)),
    correctionError: Math.abs(correction - linear),
  };
}

/** n times what a finite number of servers adds to the mean wait: by fluctuations, and by distinct draws. */
export interface PhasesCorrection {
  readonly byBend: number;
  readonly byDraws: number;
}

/**
 * The correction of the mean wait where jobs join the fewest phases left of d, and phases are exponential of mean `phase`, at most 1.
 * Coordinate k - 1 is the fraction of servers with at least k phases.
 */
export function phasesCorrection(
  arrivalRate: Rate,
  choices: number,
  replacement: boolean,
  phase: number,
): PhasesCorrection {
  const tail = phasesTail(arrivalRate, choices, phase);
  const d = choices;
  const levels = tail.length - 1;
  const longer = 1 - phase;
  const level = (k: number): number => tail[k + 1];
  /** How what joins at least at level k depends on the tail at level m, but for the slope of the d-th power. */
  const reach = (k: number, m: number): number => (m > k ? 0 : m === k ? -1 : phase * longer ** (k - m - 1));
  const square = (of: (k: number, m: number) => number): Matrix =>
    new Matrix(Array.from({ length: levels }, (_, k) => Array.from({ length: levels }, (_, m) => of(k, m))));
  const drain = (k: number, m: number): number => (m === k ? -1 / phase : m === k + 1 ? 1 / phase : 0);
  const jacobian = square((k, m) => arrivalRate * d * level(m) ** (d - 1) * reach(k, m) + drain(k, m));
  // In equilibrium as many phases end at a level as are added to it.
  const flow = (k: number): number => (level(k) - (tail[k + 2] ?? 0)) / phase;
  const noise = square((k, m) => (k === m ? 2 * flow(k) : flow(Math.min(k, m)) * longer ** Math.abs(k - m)));
  const variance = solveLyapunov(jacobian, noise).diagonal();
  /** Half the second derivative of the d-th power, times the variance. */
  const curve = (k: number): number => ((d * (d - 1)) / 2) * level(k) ** (d - 2) * variance[k];
  const bias = (k: number): number => (replacement ? 0 : -((d * (d - 1)) / 2) * level(k) ** (d - 1) * (1 - level(k)));
  const decomposition = new LuDecomposition(jacobian);
  const waitBy = (joins: (k: number) => number): number => {
    const drift = Array.from({ length: levels }, (_, k) => {
      let sum = 0;
      for (let m = 0; m <= k; m++) sum += joins(m) * reach(k, m);
      return -arrivalRate * sum;
    });
    const shift = decomposition.solve(Matrix.columnVector(drift)).to1DArray();
    // The wait is the phases of the server with the fewest of d.
    return phase * shift.reduce((sum, one, k) => sum + d * level(k) ** (d - 1) * one + joins(k), 0);
  };
  return { byBend: waitBy(curve), byDraws: replacement ? 0 : waitBy(bias) };
}

/** The fraction of servers with at least k phases, from k = 0, where arrivals and departures balance at every level. */
function phasesTail(arrivalRate: Rate, choices: number, phase: number): number[] {
  const tail = [1, arrivalRate];
  let joining = 1 - arrivalRate ** choices;
  while (tail[tail.length - 1] > NEGLIGIBLE) {
    const last = tail[tail.length - 1];
    const next = Math.max(0, last - arrivalRate * phase * joining);
    joining = (1 - phase) * joining + last ** choices - next ** choices;
    tail.push(next);
  }
  return tail;
}
