import {
  FRACTION,
  type NamesOf,
  NOT_NEGATIVE,
  type QuantityDeclarations,
  quantitiesAt,
} from "../../experiments/quantities.js";
import { queueQuantities, queueTails } from "../../experiments/queue-quantities.js";
import type { Rate } from "../../model/units.js";

const ofQueues = {
  mean_waiting_time: { ...queueQuantities.mean_waiting_time, role: "headline", floor: 0.01 },
  waiting_probability: { ...queueQuantities.waiting_probability, role: "headline", floor: 0.01 },
  blocked_fraction: { ...queueQuantities.blocked_fraction, floor: 0.01 },
  mean_queue_length: queueQuantities.mean_queue_length,
} as const satisfies QuantityDeclarations;

const ofServers = ({ servers }: QuantityInput): number => 0.01 * servers;

const ofPaper = {
  clipped_moment_1: {
    description: "E[max(mean queue - eta, 0)] of Theorem 2",
    unit: "jobs",
    range: NOT_NEGATIVE,
    floor: 0.01,
  },
  clipped_moment_2: {
    description: "E[max(mean queue - eta, 0)^2] of Theorem 2",
    unit: "jobs^2",
    range: NOT_NEGATIVE,
    floor: 0.01,
  },
  idle_fast_servers: {
    description: "idle servers among the N_2 fastest, whose rates sum to the arrival rate",
    unit: "servers",
    range: NOT_NEGATIVE,
    floor: ofServers,
  },
  lemma_1_probability: { description: "probability of the event of Lemma 1", unit: "", range: FRACTION, floor: 0.01 },
  lemma_2_probability: { description: "probability of the event of Lemma 2", unit: "", range: FRACTION, floor: 0.01 },
  collapse_probability: {
    description: "probability of the event of Lemma 3 or 4",
    unit: "",
    range: FRACTION,
    floor: 0.01,
  },
  collapse_value: {
    description: "mean of the Lyapunov function (4) of waiting jobs and idle servers",
    unit: "servers",
    floor: ofServers,
  },
} as const satisfies QuantityDeclarations<QuantityInput>;

/** The quantities of the paper that are functions of the queue lengths. */
export type JfsqState = keyof typeof ofPaper;
export type JfsqQuantity = NamesOf<typeof jfsqQuantities>;

interface QuantityInput {
  readonly servers: number;
  /** Per server. */
  readonly arrivalRate: Rate;
  /** Levels whose tails are measured. */
  readonly tails: readonly number[];
  /** Whether the paper covers such a fleet. */
  readonly isOfPaper: boolean;
}

/** What is measured. */
export function jfsqQuantities(input: QuantityInput) {
  return [
    ...quantitiesAt(ofQueues, input),
    ...queueTails(input.tails),
    ...(input.isOfPaper ? quantitiesAt(ofPaper, input) : []),
  ];
}
