/**
 * Time as the theory counts it: in units of the mean work of a job at rate 1. Live runs map one unit to a wall-clock
 * length (`--time-unit`, 50 ms by default); everything in the pure core is in model time and in rates per unit of it.
 */
export type ModelTime = number;

/** Jobs, or units of work, per unit of model time. */
export type Rate = number;

/** Amount of work a job brings: its service takes `work / rate` at a constant service rate. Unit mean by convention. */
export type Work = number;
