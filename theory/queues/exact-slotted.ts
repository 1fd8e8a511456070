import type { SlotLaw } from "../../model/slot-laws.js";
import { chainOf, stateCount, type Transition } from "./exact-fleet.js";
import type { RoutingLaw } from "./routing-laws.js";
import { stationaryDistribution } from "./stationary-distribution.js";

/** Equal servers in slotted time: all arrivals of a slot join one server, then every server serves what it can. */
export interface SlottedModel {
  readonly servers: number;
  /** Of all servers together, in a slot. */
  readonly arrivals: SlotLaw;
  /** Of one server, in a slot. */
  readonly services: SlotLaw;
  /** By the queues at the start of the slot. */
  readonly routing: RoutingLaw;
  /** Most jobs at a server; finite. */
  readonly buffer: number;
}

/** Rarer outcomes of a slot are left out. */
const LEAST_PROBABILITY = 1e-15;

/**
 * The stationary state of a few servers in slotted time at the start of a slot, exactly (the model of Hurtado-Lange and Maguluri 2020,
 * section 2). Servers are alike, so that only sorted queue lengths matter. Totals are taken together in blocks as long as the greatest
 * change of a slot, which makes slots steps between neighbouring blocks.
 */
export class ExactSlotted {
  /** The fraction of the jobs that find their server full. */
  readonly blockedFraction: number;
  private readonly probabilities: Float64Array;
  private readonly states: readonly Uint16Array[];

  constructor(private readonly model: SlottedModel) {
    const { states, transitions } = explore(model);
    const { servers, arrivals, services } = model;
    const step = Math.max(arrivals.greatest, servers * services.greatest);
    const levels = Int32Array.from(states, (state) => Math.floor(total(state) / step));
    this.states = states;
    this.probabilities = stationaryDistribution(chainOf(transitions, levels));
    this.blockedFraction = this.mean((state) => lost(state, model)) / arrivals.mean;
  }

  /** How many sorted states there are at most. */
  static stateCount({ servers, buffer }: Pick<SlottedModel, "servers" | "buffer">): number {
    return stateCount(new Array<number>(servers).fill(1), buffer);
  }

  /** The mean of a function of the sorted queue lengths. */
  mean(of: (queueLengths: Uint16Array) => number): number {
    return this.states.reduce((sum, state, index) => sum + this.probabilities[index] * of(state), 0);
  }

  /** The probability that the system holds k jobs, at index k. */
  totalQueueLaw(): Float64Array {
    const law = new Float64Array(this.model.servers * this.model.buffer + 1);
    for (const [index, state] of this.states.entries()) law[total(state)] += this.probabilities[index];
    return law;
  }
}

function explore(model: SlottedModel): { states: Uint16Array[]; transitions: Transition[] } {
  const states: Uint16Array[] = [];
  const indices = new Map<number, number>();
  const keyOf = (state: Uint16Array): number => state.reduce((key, length) => key * (model.buffer + 1) + length, 0);
  const indexOf = (state: Uint16Array): number => {
    const key = keyOf(state);
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, states.length);
    return states.push(state) - 1;
  };
  indexOf(new Uint16Array(model.servers));
  const served = new Map<number, readonly (readonly [target: number, probability: number])[]>();
  const afterServices = (state: Uint16Array) => {
    const key = keyOf(state);
    const known = served.get(key) ?? outcomes(state, model.services).map(([to, p]) => [indexOf(to), p] as const);
    served.set(key, known);
    return known;
  };
  const transitions: Transition[] = [];
  for (let source = 0; source < states.length; source++) {
    const rates = new Map<number, number>();
    for (const [joined, probability] of arrivalsAt(states[source], model))
      for (const [target, chance] of afterServices(joined))
        if (target !== source) rates.set(target, (rates.get(target) ?? 0) + probability * chance);
    for (const [target, rate] of rates) transitions.push({ source, target, rate });
  }
  return { states, transitions };
}

/** The sorted queues when the arrivals of a slot have joined, and the probability of each. */
function arrivalsAt(state: Uint16Array, { servers, arrivals, routing, buffer }: SlottedModel) {
  const chances = routing(state, new Array<number>(servers).fill(1));
  return arrivals.probabilities.flatMap((p, batch) =>
    Array.from(state, (length, server): [Uint16Array, number] => {
      const joined = state.slice();
      joined[server] = Math.min(buffer, length + batch);
      return [joined.sort(), p * chances[server]];
    }).filter(([, probability]) => probability > LEAST_PROBABILITY),
  );
}

/** The sorted queues when every server has served, and the probability of each. */
function outcomes(state: Uint16Array, services: SlotLaw): [Uint16Array, number][] {
  let partial: [number[], number][] = [[[], 1]];
  for (const length of state)
    partial = partial.flatMap(([left, p]) =>
      services.probabilities.flatMap((chance, potential): [number[], number][] => {
        const probability = p * chance;
        return probability > LEAST_PROBABILITY ? [[[...left, Math.max(0, length - potential)], probability]] : [];
      }),
    );
  return partial.map(([left, probability]) => [Uint16Array.from(left).sort(), probability]);
}

/** Jobs of a slot that do not fit, on average. */
function lost(state: Uint16Array, { servers, arrivals, routing, buffer }: SlottedModel): number {
  const chances = routing(state, new Array<number>(servers).fill(1));
  return arrivals.probabilities.reduce(
    (sum, p, batch) =>
      sum + p * state.reduce((all, length, server) => all + chances[server] * Math.max(0, length + batch - buffer), 0),
    0,
  );
}

function total(state: Uint16Array): number {
  return state.reduce((sum, length) => sum + length, 0);
}
