import { UserError } from "../../model/errors.js";
import type { ModelTime } from "../../model/units.js";
import { AdaptiveIntegrator, type Derivative } from "../numerics/adaptive-integrator.js";
import {
  bendOf,
  biasOfDistinctDraws,
  type DrawnFleet,
  DrawnFleetField,
  LENGTHS,
  MOST_COORDINATES,
  NEGLIGIBLE,
  requireFleet,
} from "./drawn-fleet.js";
import type { Refined } from "./heterogeneous-mean-field.js";

/** From a time on, the fleet is like this: rates and rules may change, fractions and the number of classes may not. */
export interface FleetPhase {
  readonly from: ModelTime;
  readonly fleet: DrawnFleet;
}

export interface FleetTransient {
  /** In order of time, the first from 0. */
  readonly phases: readonly FleetPhase[];
  /** By class: the fraction of its servers that start with at least i jobs, at index i, 1 at index 0. */
  readonly start: readonly (readonly number[])[];
  /** Increasing, >= 0. */
  readonly times: readonly ModelTime[];
}

/** A fleet at a time. */
export interface FleetMoment {
  /** Jobs per server. */
  readonly meanQueue: Refined;
  /** Fraction of all servers with at least i jobs, at index i. */
  readonly tail: readonly Refined[];
}

/** Error per step, absolute: fractions are at most 1. */
const TOLERANCE = 1e-6;

/**
 * The best of d over time, from a given start and while rates change, with its first correction: jobs per server of n are value +
 * correction / n on average, up to terms of order 1/n^2.
 *
 * @returns undefined if queues become too long to be counted with MOST_COORDINATES
 * @throws UserError if an argument is out of range
 *
 * Source: the drift of heterogeneous-mean-field.ts; Allmeier and Gast (2022), arXiv 2111.01594, for the 1/n term over time: dV/dt = J V + half
 * the second derivatives against W (+ C without replacement), dW/dt = J W + W J^T + Q, both 0 at the start, where as many servers have so many jobs as `start` says.
 */
export function heterogeneousTrajectory(transient: FleetTransient): FleetMoment[] | undefined {
  requireTransient(transient);
  const { phases, start } = transient;
  const longest = Math.max(...start.map((tail) => tail.length - 1));
  for (const lengths of LENGTHS) {
    if (phases[0].fleet.classes.length * lengths > MOST_COORDINATES) return undefined;
    if (lengths <= longest) continue;
    const moments = follow(transient, lengths);
    if (moments !== undefined) return moments;
  }
  return undefined;
}

function requireTransient({ phases, start, times }: FleetTransient): void {
  const fractionsOf = ({ classes }: DrawnFleet): string => classes.map(({ fraction }) => fraction).join(", ");
  for (const { fleet } of phases) requireFleet(fleet);
  if (phases.length === 0 || phases[0].from !== 0) throw new UserError("phases of a fleet: the first must be from 0");
  if (phases.some(({ from }, i) => i > 0 && !(from > phases[i - 1].from)))
    throw new UserError("phases of a fleet: must be in order of time");
  if (new Set(phases.map(({ fleet }) => fractionsOf(fleet))).size > 1)
    throw new UserError("phases of a fleet: fractions of the servers must not change");
  if (times.some((time, i) => !(time >= (i === 0 ? 0 : times[i - 1]))))
    throw new UserError("times: must increase from 0");
  const { classes } = phases[0].fleet;
  const isTail = (tail: readonly number[]): boolean =>
    tail[0] === 1 && tail.every((fraction, i) => fraction >= 0 && (i === 0 || fraction <= tail[i - 1]));
  if (start.length !== classes.length || !start.every(isTail))
    throw new UserError("start of a fleet: must have fractions that fall from 1, for each class of servers");
}

/** With so many lengths counted; undefined if these are too few. */
function follow({ phases, start, times }: FleetTransient, lengths: number): FleetMoment[] | undefined {
  const { classes } = phases[0].fleet;
  const size = classes.length * lengths;
  let state = new Float64Array(2 * size + size * size);
  for (const [c, { fraction }] of classes.entries())
    for (let i = 1; i < start[c].length; i++) state[c * lengths + i - 1] = fraction * start[c][i];
  const moments: FleetMoment[] = [];
  for (const [number, { from, fleet }] of phases.entries()) {
    const field = new DrawnFleetField(fleet, lengths);
    const until = phases[number + 1]?.from ?? Number.POSITIVE_INFINITY;
    const integrator = new AdaptiveIntegrator(derivativeOf(field), state, TOLERANCE, 1);
    const reaches = (time: ModelTime): boolean => {
      while (integrator.time < time - from) {
        integrator.step(time - from);
        if (field.atGreatestLength(integrator.state) > NEGLIGIBLE) return false;
      }
      return true;
    };
    while (moments.length < times.length && times[moments.length] < until) {
      if (!reaches(times[moments.length])) return undefined;
      moments.push(momentOf(field, integrator.state));
    }
    if (moments.length === times.length) break;
    if (!reaches(until)) return undefined;
    state = integrator.state.slice();
  }
  return moments;
}

/** Of the point, its shift V and the covariance W, one after the other. */
function derivativeOf(field: DrawnFleetField): Derivative {
  const { size } = field;
  const { replacement } = field.fleet;
  const forms = field.forms();
  const spread = new Float64Array(size * size);
  return (state, into) => {
    const point = state.subarray(0, size);
    const covariance = state.subarray(2 * size);
    const [arrivals, departures] = [field.arrivals(point), field.departures(point)];
    const bend = bendOf(field, point, forms, (one, other) => covariance[one * size + other]);
    const bias = replacement ? undefined : biasOfDistinctDraws(field, point);
    spread.fill(0);
    for (const [k, terms] of field.derivative(point, forms).entries()) {
      into[k] = arrivals[k] - departures[k];
      into[size + k] = bend[k] + (bias?.[k] ?? 0);
      for (const { coordinate, factor } of terms) {
        into[size + k] += factor * state[size + coordinate];
        for (let j = 0; j < size; j++) spread[k * size + j] += factor * covariance[coordinate * size + j];
      }
    }
    for (let k = 0; k < size; k++)
      for (let j = 0; j < size; j++) into[(2 + k) * size + j] = spread[k * size + j] + spread[j * size + k];
    for (let k = 0; k < size; k++) into[(2 + k) * size + k] += arrivals[k] + departures[k];
  };
}

function momentOf(field: DrawnFleetField, state: Float64Array): FleetMoment {
  const { size, lengths } = field;
  const refined = (value: number, correction: number): Refined => ({
    ...{ value, correction, correctionSize: Math.abs(correction) },
  });
  const at = (offset: number, i: number): number =>
    field.fleet.classes.reduce((sum, _, c) => sum + state[offset + c * lengths + i - 1], 0);
  const total = (from: number): number => state.subarray(from, from + size).reduce((sum, one) => sum + one, 0);
  const tail = Array.from({ length: lengths + 1 }, (_, i) =>
    i === 0 ? refined(1, 0) : refined(at(0, i), at(size, i)),
  );
  return { meanQueue: refined(total(0), total(size)), tail };
}
