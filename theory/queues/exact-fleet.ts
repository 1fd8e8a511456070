import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { RoutingLaw } from "./routing-laws.js";
import { type LevelChain, stationaryDistribution } from "./stationary-distribution.js";

/** Parallel servers with Poisson arrivals and exponential service. */
export interface FleetModel {
  readonly totalArrivalRate: Rate;
  /** One per server, > 0. */
  readonly serviceRates: readonly Rate[];
  /** Maximum number of jobs at a server, the one in service included; finite. */
  readonly buffer: number;
  readonly routing: RoutingLaw;
  /**
   * How much longer the dispatcher takes a server for busy each time it becomes idle: until the completion message and the
   * next job have arrived. There is no such gap if a job waits at the server. Default 0.
   */
  readonly messageDelay?: ModelTime;
}

/** States above which solving would take minutes. */
const MOST_STATES = 300_000;

/** What arriving jobs experience in the stationary state. */
export interface ArrivalMeasures {
  /** Probability that a job is sent to a busy server, blocked jobs included. */
  readonly waitingProbability: number;
  readonly blockedFraction: number;
  /** Mean waiting time of jobs that are not blocked. */
  readonly meanWaitingTime: ModelTime;
}

/**
 * The stationary state of a small fleet, exactly. Servers of equal rates are exchangeable, so only the sorted queue lengths
 * within each group of equal rates matter: C(n + b, b) states for n equal servers with buffers of b, (b + 1)^n for n
 * different rates.
 */
export class ExactFleet {
  readonly arrivals: ArrivalMeasures;
  private readonly probabilities: Float64Array;
  /** The queue lengths of each state, servers in descending order of their rates. */
  private readonly states: readonly Uint16Array[];
  /** Rates in descending order. */
  private readonly rates: readonly Rate[];

  /** @throws UserError if there are more than MOST_STATES states */
  constructor(private readonly model: FleetModel) {
    this.rates = model.serviceRates.toSorted((a, b) => b - a);
    const { states, chain } = explore({ ...model, serviceRates: this.rates });
    this.states = states;
    this.probabilities = stationaryDistribution(chain);
    this.arrivals = this.seenByArrivals();
  }

  get stateCount(): number {
    return this.states.length;
  }

  /** The mean of a function of the queue lengths, which are sorted within groups of equal rates, fastest group first. */
  mean(of: (queueLengths: Uint16Array) => number): number {
    return this.states.reduce((sum, state, index) => sum + this.probabilities[index] * of(state), 0);
  }

  /** The probability that the system holds k jobs, at index k. */
  totalQueueLaw(): Float64Array {
    const law = new Float64Array(this.rates.length * this.model.buffer + 1);
    for (const [index, state] of this.states.entries()) law[total(state)] += this.probabilities[index];
    return law;
  }

  private seenByArrivals(): ArrivalMeasures {
    let waiting = 0;
    let blocked = 0;
    let waitingTime = 0;
    for (const [index, state] of this.states.entries()) {
      const chances = this.model.routing(state, this.rates);
      for (let server = 0; server < state.length; server++) {
        const probability = this.probabilities[index] * chances[server];
        if (state[server] > 0) waiting += probability;
        if (state[server] === this.model.buffer) blocked += probability;
        else waitingTime += (probability * state[server]) / this.rates[server];
      }
    }
    return { waitingProbability: waiting, blockedFraction: blocked, meanWaitingTime: waitingTime / (1 - blocked) };
  }
}

/** The number of states. */
export function stateCount(serviceRates: readonly Rate[], buffer: number): number {
  const groups = new Map<Rate, number>();
  for (const rate of serviceRates) groups.set(rate, (groups.get(rate) ?? 0) + 1);
  let states = 1;
  for (const servers of groups.values()) {
    for (let i = 1; i <= servers; i++) states *= (buffer + i) / i;
  }
  return Math.round(states);
}

/** All states reachable from the empty system, with their transition rates. */
function explore(model: FleetModel): { states: Uint16Array[]; chain: LevelChain } {
  const { serviceRates, buffer } = model;
  const count = stateCount(serviceRates, buffer);
  if (!(count <= MOST_STATES))
    throw new UserError(
      `${serviceRates.length} servers with buffers of ${buffer} have ${count} states, more than the ${MOST_STATES} that ` +
        "can be solved exactly; use fewer servers, smaller buffers or more servers of equal rates",
    );
  const states: Uint16Array[] = [new Uint16Array(serviceRates.length)];
  const indices = new Map<string, number>([[keyOf(states[0]), 0]]);
  const indexOf = (state: Uint16Array): number => {
    const key = keyOf(state);
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, states.length);
    return states.push(state) - 1;
  };
  const transitions: Transition[] = [];
  for (let source = 0; source < states.length; source++) {
    for (const { queueLengths, rate } of successors(states[source], model))
      transitions.push({ source, target: indexOf(queueLengths), rate });
  }
  return { states, chain: chainOf(transitions, Int32Array.from(states, total)) };
}

/** A transition of a chain on numbered states. */
export interface Transition {
  readonly source: number;
  readonly target: number;
  readonly rate: Rate;
}

/** The chain of these transitions, between states of these levels. */
export function chainOf(transitions: readonly Transition[], levels: Int32Array): LevelChain {
  const starts = new Int32Array(levels.length + 1);
  for (const { target } of transitions) starts[target + 1]++;
  for (let state = 0; state < levels.length; state++) starts[state + 1] += starts[state];
  const next = starts.slice();
  const sources = new Int32Array(transitions.length);
  const rates = new Float64Array(transitions.length);
  const exitRates = new Float64Array(levels.length);
  for (const { source, target, rate } of transitions) {
    sources[next[target]] = source;
    rates[next[target]++] = rate;
    exitRates[source] += rate;
  }
  return { levels, starts, sources, rates, exitRates };
}

/** The states reachable by one arrival or departure. Equal servers are adjacent, and are grouped. */
function successors(
  state: Uint16Array,
  { totalArrivalRate, serviceRates, buffer, routing, messageDelay = 0 }: FleetModel,
): { queueLengths: Uint16Array; rate: Rate }[] {
  const routed = routing(state, serviceRates);
  const found: { queueLengths: Uint16Array; rate: Rate }[] = [];
  for (let first = 0; first < state.length; ) {
    let last = first;
    const alike = (server: number): boolean =>
      server < state.length && state[server] === state[first] && serviceRates[server] === serviceRates[first];
    while (alike(last + 1)) last++;
    const servers = last - first + 1;
    const arrivalRate = totalArrivalRate * servers * routed[first];
    // Queue lengths ascend within a group: of equal ones, raising the last or lowering the first keeps the order.
    if (arrivalRate > 0 && state[first] < buffer)
      found.push({ queueLengths: changed(state, last, 1), rate: arrivalRate });
    if (state[first] > 0) {
      const rate = serviceRates[first];
      const seen = state[first] === 1 ? 1 / (1 / rate + messageDelay) : rate;
      found.push({ queueLengths: changed(state, first, -1), rate: servers * seen });
    }
    first = last + 1;
  }
  return found;
}

function changed(state: Uint16Array, server: number, by: number): Uint16Array {
  const next = state.slice();
  next[server] += by;
  return next;
}

function total(state: Uint16Array): number {
  return state.reduce((sum, jobs) => sum + jobs, 0);
}

function keyOf(state: Uint16Array): string {
  return String.fromCharCode(...state);
}
