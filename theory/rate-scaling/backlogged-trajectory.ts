import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { AdaptiveIntegrator } from "../numerics/adaptive-integrator.js";
import { limitIdleTime } from "./idle-fixed-point.js";
import { requireInverseStep } from "./rate-scaling.js";
import { LEAST_RATE, type RateScalingStart } from "./rate-trajectory.js";

/** The rates and the queues of all servers at one time. */
export interface BackloggedState {
  readonly rates: Float64Array;
  /** Jobs waiting and in service, as a fluid: 0 at a server that is sometimes idle. */
  readonly queues: Float64Array;
}

/** Idle times and arrivals are held constant for this fraction of m, in which rates change by half a percent. */
const STEP = 1 / 100;
const TOLERANCE = 1e-8;

/**
 * The trajectory of servers with infinite buffers in the limit of many servers and small steps, from any backlog.
 *
 * @param start rates at time 0 and parameters
 * @param backlog jobs at each server at time 0, >= 0
 * @param times model times in ascending order, >= 0
 * @returns the state at each of the times
 * @throws UserError if a parameter is out of range
 *
 * Source: derived; Rutten, Zubeldia and Mukherjee (2023) leave infinite buffers open. A server with a queue has I = 0
 * (Remark 2.4) and gets only jobs that find no server idle, spread evenly; the servers without a queue share all arrivals, with
 * the idle time of Theorem 2.9 among themselves. With no backlog and no overload this is their (2.3).
 */
export function backloggedTrajectory(
  start: RateScalingStart,
  backlog: number,
  times: readonly ModelTime[],
): BackloggedState[] {
  if (!(backlog >= 0 && Number.isFinite(backlog))) throw new UserError(`backlog ${backlog}: must be >= 0`);
  const m = requireInverseStep(start);
  let rates = Float64Array.from(start.initialRates, (x) => Math.max(x, LEAST_RATE));
  const queues = new Float64Array(rates.length).fill(backlog);
  let now = 0;
  return times.map((time) => {
    while (now < time) {
      const step = Math.min(STEP * m, time - now);
      const { idleTimes, arrivals } = share(rates, queues, start.arrivalRate);
      const integrator = new AdaptiveIntegrator(ruleAt(start, idleTimes), rates, TOLERANCE);
      integrator.advanceTo(step / m);
      for (let v = 0; v < queues.length; v++) {
        // A server without a queue receives no more than it can serve.
        const served = (rates[v] + integrator.state[v]) / 2;
        queues[v] = Math.max(0, queues[v] + (arrivals[v] - served) * step);
      }
      rates = integrator.state.slice();
      now += step;
    }
    return { rates: rates.slice(), queues: queues.slice() };
  });
}

/** Each server's mean idle time, and the arrival rate of jobs that do not find it idle. */
function share(
  rates: Float64Array,
  queues: Float64Array,
  arrivalRate: Rate,
): { readonly idleTimes: Float64Array; readonly arrivals: Float64Array } {
  const n = rates.length;
  const free = Array.from(rates.keys()).filter((v) => queues[v] === 0);
  const freeRates = free.map((v) => rates[v]);
  const served = freeRates.reduce((sum, x) => sum + x, 0);
  const idleTimes = new Float64Array(n);
  const arrivals = new Float64Array(n);
  if (served > arrivalRate * n) {
    const idleTime = limitIdleTime(freeRates, (arrivalRate * n) / free.length);
    for (const v of free) idleTimes[v] = idleTime;
  } else if (free.length < n) {
    // Servers without a queue keep up with their arrivals: the others share the rest equally.
    arrivals.fill((arrivalRate * n - served) / (n - free.length));
  } else {
    arrivals.fill(arrivalRate);
  }
  return { idleTimes, arrivals };
}

/** The rule (2.2) at given idle times; time in units of m. */
function ruleAt({ g, h }: RateScalingStart, idleTimes: Float64Array) {
  return (rates: Float64Array, into: Float64Array): void => {
    for (let v = 0; v < rates.length; v++) {
      const x = rates[v];
      into[v] = -(g.derivative(x) + h.derivative(x) * idleTimes[v] + h.derivativePerRate(x));
    }
  };
}
