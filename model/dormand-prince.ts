/**
 * The embedded pair of orders 5 and 4 of Dormand and Prince (1980, A family of embedded Runge-Kutta formulae), for autonomous
 * equations. Its last stage is the first of the next step.
 */

/** Weights of the slopes of earlier stages, one row per stage after the first; the last row gives the end of the step. */
export const STAGE_WEIGHTS: readonly (readonly number[])[] = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];

/** Fifth-order minus fourth-order weights of all slopes: the error estimate. */
export const ERROR_WEIGHTS: readonly number[] = [
  71 / 57600,
  0,
  -71 / 16695,
  71 / 1920,
  -17253 / 339200,
  22 / 525,
  -1 / 40,
];
