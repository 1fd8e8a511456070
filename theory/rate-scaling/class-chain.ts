import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { normaliseLogs, requireRates } from "../queues/random-idle-server.js";

/** Servers of one rate. */
export interface RateClass {
  readonly servers: number;
  /** mu > 0; jobs bring exponential work of mean 1. */
  readonly rate: Rate;
}

/** What servers of one class see. */
export interface ClassMeasures {
  /** Fraction of time that a server is busy. */
  readonly busyFraction: number;
  /** E[L], from a completion to the start of the next service. */
  readonly meanIdlePeriod: ModelTime;
  /** Time average of I_v(t): while idle the time since the last completion, while busy the length of the last idle period. */
  readonly meanIdleTime: ModelTime;
}

/** States above which solving would take minutes. 10^4 states take 0.1 s for each class, 10^5 states 1 s. */
const MOST_CLASS_STATES = 300_000;

/** Of the residual, against the right side. */
const TOLERANCE = 1e-13;
const MOST_STEPS = 20_000;

/**
 * K classes of servers of equal fixed rates with unit buffers under JIQ: a job goes to a uniformly random idle server, or is lost. Exact.
 *
 * @param classes with prod(n_k + 1) <= MOST_CLASS_STATES
 * @param arrivalRate lambda > 0, per server
 * @returns what each class sees, in the order of the classes; what all see together is in theory/queues/random-idle-server.ts
 * @throws UserError if an argument is out of range or there are too many states
 *
 * Source: theory/queues/random-idle-server.ts for the law of the numbers of busy servers. While a tagged server v is idle, the numbers of
 * other busy ones are a chain with killing, reversible with respect to that law given that v is idle: so a completion leads to the law
 * weighted by the rate of killing, E[L^2] = 2 E[L] E[R], with R the rest of the idle period from a random instant of it, and
 * E[I_v] = P(idle) E[R] + P(busy) E[L] by renewal-reward over the cycles L + B, B ~ Exp(mu) independent of L. E[R] is the solution of a
 * symmetric positive definite system: conjugate gradients.
 */
export function classMeasures(classes: readonly RateClass[], arrivalRate: Rate): ClassMeasures[] {
  for (const { servers } of classes)
    if (!(Number.isInteger(servers) && servers >= 1))
      throw new UserError(`class of ${servers} servers: must be an integer >= 1`);
  requireRates(
    classes.map(({ rate }) => rate),
    arrivalRate,
  );
  const states = classes.reduce((product, { servers }) => product * (servers + 1), 1);
  if (states > MOST_CLASS_STATES)
    throw new UserError(
      `classes of ${classes.map(({ servers }) => servers).join(", ")} servers have ${states} states, more than the ` +
        `${MOST_CLASS_STATES} that are solved exactly; use fewer classes or servers`,
    );
  const law = busyLaw(classes, arrivalRate);
  return classes.map((tagged, k) => {
    const { busy, idle } = law.timeShares(k);
    const meanIdlePeriod = idle / busy / tagged.rate;
    const others = classes.map((other, i) => (i === k ? { ...other, servers: other.servers - 1 } : other));
    const rest = restOfIdlePeriod(others, arrivalRate);
    return { busyFraction: busy, meanIdlePeriod, meanIdleTime: idle * rest + busy * meanIdlePeriod };
  });
}

/** All vectors of busy counts, in mixed radix: class k has stride[k]. */
class BusyCounts {
  readonly strides: readonly number[];
  readonly states: number;
  /** Busy servers in all, by state. */
  readonly totals: Int32Array;

  constructor(readonly classes: readonly RateClass[]) {
    const strides: number[] = [];
    let states = 1;
    for (const { servers } of classes) {
      strides.push(states);
      states *= servers + 1;
    }
    this.strides = strides;
    this.states = states;
    this.totals = new Int32Array(states);
    for (let state = 0; state < states; state++)
      for (let k = 0; k < classes.length; k++) this.totals[state] += this.busy(state, k);
  }

  busy(state: number, k: number): number {
    return Math.floor(state / this.strides[k]) % (this.classes[k].servers + 1);
  }
}

/**
 * The stationary law of the busy counts: in proportion to (n - sum b)! prod C(n_k, b_k) (lambda n / mu_k)^(b_k).
 *
 * @param tagged further servers, idle all the time, that are counted in n
 */
function stationaryLaw(counts: BusyCounts, arrivalRate: Rate, tagged: number): Float64Array {
  const servers = counts.classes.reduce((sum, one) => sum + one.servers, tagged);
  const logFactorials = new Float64Array(servers + 1);
  for (let i = 1; i <= servers; i++) logFactorials[i] = logFactorials[i - 1] + Math.log(i);
  const logArrivals = Math.log(arrivalRate) + Math.log(servers);
  const logs = new Float64Array(counts.states);
  for (let state = 0; state < counts.states; state++) {
    let log = logFactorials[servers - counts.totals[state]];
    for (const [k, { servers: size, rate }] of counts.classes.entries()) {
      const busy = counts.busy(state, k);
      log -= logFactorials[busy] + logFactorials[size - busy] - logFactorials[size];
      log += busy * (logArrivals - Math.log(rate));
    }
    logs[state] = log;
  }
  normaliseLogs(logs, logs);
  return logs;
}

function busyLaw(classes: readonly RateClass[], arrivalRate: Rate) {
  const counts = new BusyCounts(classes);
  const law = stationaryLaw(counts, arrivalRate, 0);
  return {
    /** The parts of time that a server of class k is busy and idle. */
    timeShares(k: number): { busy: number; idle: number } {
      const size = classes[k].servers;
      let busy = 0;
      let idle = 0;
      for (let state = 0; state < counts.states; state++) {
        busy += (law[state] * counts.busy(state, k)) / size;
        idle += (law[state] * (size - counts.busy(state, k))) / size;
      }
      return { busy, idle };
    },
  };
}

/** E[R]: the mean rest of the idle period of a tagged server at a random instant of it, beside the others. */
function restOfIdlePeriod(others: readonly RateClass[], arrivalRate: Rate): ModelTime {
  const counts = new BusyCounts(others);
  const servers = others.reduce((sum, one) => sum + one.servers, 1);
  // -T in the basis in which it is symmetric: off the diagonal minus the root of the rates there and back, which overflows nowhere.
  const diagonal = new Float64Array(counts.states);
  const couplings = others.map(() => new Float64Array(counts.states));
  for (let state = 0; state < counts.states; state++) {
    const perIdle = (arrivalRate * servers) / (servers - counts.totals[state]);
    diagonal[state] = perIdle;
    for (const [k, { servers: size, rate }] of others.entries()) {
      const busy = counts.busy(state, k);
      diagonal[state] += perIdle * (size - busy) + busy * rate;
      couplings[k][state] = Math.sqrt(perIdle * (size - busy)) * Math.sqrt((busy + 1) * rate);
    }
  }
  const times = (x: Float64Array, into: Float64Array): void => {
    for (let state = 0; state < x.length; state++) into[state] = diagonal[state] * x[state];
    for (const [k, coupling] of couplings.entries()) {
      const stride = counts.strides[k];
      for (let state = 0; state + stride < x.length; state++) {
        // A class that is busy throughout is coupled to nothing above: 0.
        into[state] -= coupling[state] * x[state + stride];
        into[state + stride] -= coupling[state] * x[state];
      }
    }
  };
  const root = stationaryLaw(counts, arrivalRate, 1).map(Math.sqrt);
  const solution = conjugateGradients(times, diagonal, root);
  return dot(root, solution);
}

/** Solves A x = b for symmetric positive definite A, scaled by its diagonal (Hestenes and Stiefel 1952). */
function conjugateGradients(
  times: (x: Float64Array, into: Float64Array) => void,
  diagonal: Float64Array,
  right: Float64Array,
): Float64Array {
  const solution = new Float64Array(right.length);
  const residual = right.slice();
  const scaled = residual.map((r, i) => r / diagonal[i]);
  const direction = scaled.slice();
  const image = new Float64Array(right.length);
  let size = dot(residual, scaled);
  const enough = TOLERANCE ** 2 * size;
  for (let step = 0; size > enough; step++) {
    if (step === MOST_STEPS) throw new Error(`no solution of ${right.length} equations in ${MOST_STEPS} steps`);
    times(direction, image);
    const length = size / dot(direction, image);
    for (let i = 0; i < solution.length; i++) {
      solution[i] += length * direction[i];
      residual[i] -= length * image[i];
      scaled[i] = residual[i] / diagonal[i];
    }
    const next = dot(residual, scaled);
    for (let i = 0; i < solution.length; i++) direction[i] = scaled[i] + (next / size) * direction[i];
    size = next;
  }
  return solution;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
