/**
 * Time as in the theory: the unit is the mean service time of a job at rate 1. Live runs map one unit to a wall-clock
 * length (`--time-unit`, 50 ms by default); everything in the pure core is in model time and in rates per unit of it.
 */
export type ModelTime = number;

/** Jobs, or units of work, per unit of model time. */
export type Rate = number;

/** Job size: service takes `work / rate` at a constant service rate. Unit mean by convention. */
export type Work = number;

/**
 * The largest values that processes accept from each other. Nothing that anybody runs comes near them, no loop or integration
 * takes long because of them, and sums over any number of jobs, and their squares, stay finite.
 */
export const LARGEST_WORK: Work = 1e9;
export const LARGEST_TIME: ModelTime = 1e12;
export const LARGEST_RATE: Rate = 1e9;
/** Of a sum over jobs, or of an integral over time. */
export const LARGEST_SUM = 1e30;
