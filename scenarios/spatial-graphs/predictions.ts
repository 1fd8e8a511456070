import { queueTail } from "../../experiments/queue-quantities.js";
import { neighboursOf } from "../../model/graphs/compatibility-graph.js";
import { type GraphProperties, graphProperties } from "../../model/graphs/properties.js";
import type { Reference } from "../../theory/bibliography/index.js";
import { type Component, componentsOf } from "../../theory/power-of-d/components.js";
import { type Enclosure, exactJsqD } from "../../theory/power-of-d/exact-jsq-d.js";
import { independentQueues } from "../../theory/power-of-d/independent-queues.js";
import { independentRegularQueues } from "../../theory/power-of-d/independent-regular-queues.js";
import { jsqDFixedPoint, meanOfTail } from "../../theory/power-of-d/mean-field.js";
import { type PairState, pairApproximation } from "../../theory/power-of-d/pair-approximation.js";
import { jsqDRefinement } from "../../theory/power-of-d/refined-mean-field.js";
import type { JsqDOnGraph } from "../../theory/power-of-d/stability.js";
import { jsqDTailBounds } from "../../theory/power-of-d/tail-bounds.js";
import {
  bound,
  exact,
  type Prediction,
  type PredictionKind,
  type Predictions,
  predicted,
} from "../../theory/prediction.js";
import { LEVELS, type SpatialGraphsQuantity } from "./quantities.js";

/** A tail as some theory has it, with how far each level and the mean may be off. */
interface TailClaim {
  readonly kind: PredictionKind;
  readonly tail: readonly number[];
  /** Jobs per server; the sum of the tail if left out. */
  readonly mean?: number;
  /** Levels above this one are far in the tail, where the error is not known. */
  readonly highest?: number;
  readonly levelError: (level: number) => number;
  readonly meanError: number;
  readonly source: string;
  readonly why?: string;
}

const PAPER: Reference = "Rutten and Mukherjee (2023)";
/** More edges than this, and independent queues take too long. */
const MOST_EDGES = 1_000_000;
/** More states than this, and an exact solution takes more than a second. */
const MOST_STATES = 4000;
/** More components than this, and predicting each by itself takes too long. */
const MOST_COMPONENTS = 20;
const KINDS_BY_CERTAINTY: readonly PredictionKind[] = ["exact", "refined", "heuristic"];
/** Half the width of the enclosure of exact solutions, relative to the mean. */
const PRECISION = 2e-3;
/**
 * Finite-size corrections on a graph are up to 1.4 times those of a complete graph of as many servers, or as the neighbourhoods have, in
 * simulations of graphs of 10 to 80 servers of degrees 3 to 8 at these loads; they are taken as this many times those.
 */
const OF_COMPLETE_GRAPH = 2;
const CALIBRATED = { leastServers: 10, greatestLoad: 0.9 } as const;

/** What theory says of JSQ(d) on a graph in its stationary state, computed once. */
export class SpatialGraphsTheory {
  private readonly claims: readonly TailClaim[];
  private pairState: PairState | undefined;
  private readonly bounds: { readonly least: number; readonly most: number };

  /**
   * @param whyUnstable why no stationary state is known to exist; undefined if one does
   * @param mostStates of a chain that is solved exactly
   */
  constructor(
    private readonly system: JsqDOnGraph,
    private readonly properties: GraphProperties,
    private readonly whyUnstable: string | undefined,
    private readonly mostStates = MOST_STATES,
  ) {
    this.bounds = jsqDTailBounds(system);
    const sharpest = properties.components === 1 ? [this.exact(), this.refined()] : [this.ofComponents()];
    this.claims = [...sharpest, this.limit()].filter((claim) => claim !== undefined);
  }

  /**
   * Predictions of every quantity, sharpest first.
   *
   * @param messageDelay per job: while it lasts a job counts as being at its server, lambda times the delay of them per server
   */
  predictions(messageDelay: number): Predictions<SpatialGraphsQuantity> {
    const { arrivalRate } = this.system;
    const inFlight = arrivalRate * messageDelay;
    const found = new Map<SpatialGraphsQuantity, Prediction[]>();
    for (const level of LEVELS) {
      const values = this.claims.map((claim) =>
        this.prediction(ofLevel(claim, level), claim.tail[level] ?? 0, claim.levelError(level) + inFlight),
      );
      found.set(queueTail(level), [
        ...(level === 1 ? [this.busyFraction(inFlight)] : []),
        ...values,
        ...this.tailBounds(level, inFlight),
      ]);
    }
    const means = this.claims.map((claim) => ({ claim, mean: meanOf(claim) }));
    found.set(
      "mean_queue_length",
      means.map(({ claim, mean }) => this.prediction(claim, mean, claim.meanError + inFlight)),
    );
    found.set(
      "mean_sojourn_time",
      means.map(({ claim, mean }) =>
        this.prediction(claim, mean / arrivalRate, claim.meanError / arrivalRate + messageDelay),
      ),
    );
    found.set("neighbourhood_spread", this.spread());
    return found;
  }

  /** How much the occupancy differs between neighbourhoods, from how much two servers of one type depend on each other. */
  private spread(): Prediction[] {
    if (this.pairState === undefined) return [];
    const { tail, covariance } = this.pairState;
    const { mean: degree } = this.properties.typeDegrees;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const excess = ((degree - 1) * sum(covariance)) / sum(tail.map((fraction) => fraction * (1 - fraction)));
    const source = "pair approximation on a regular graph of many servers";
    return [predicted("heuristic", { value: 1 + excess }, source, { whyOutside: this.whyUnstable })];
  }

  private prediction({ kind, source, why }: TailClaim, value: number, modelError: number): Prediction {
    return predicted(kind, { value }, source, { modelError, whyOutside: why ?? this.whyUnstable });
  }

  private busyFraction(inFlight: number): Prediction {
    const source = "conservation of flow: departure rate equals arrival rate";
    return exact(this.system.arrivalRate, source, { modelError: inFlight, whyOutside: this.whyUnstable });
  }

  private tailBounds(level: number, inFlight: number): Prediction[] {
    const { least, most } = this.bounds;
    const options = { modelError: inFlight, whyOutside: this.whyUnstable };
    const lower = "jobs for which no other server is drawn (flow balance)";
    const upper = `${PAPER}, Corollary 4.3`;
    return [
      ...(least > 0 ? [bound({ atLeast: least ** level }, lower, options)] : []),
      ...(most < 1 ? [bound({ atMost: most ** level }, upper, options)] : []),
    ];
  }

  /** The average of the sharpest claims of the components over the servers. Their kind is the least certain among them. */
  private ofComponents(): TailClaim | undefined {
    if (this.properties.components > MOST_COMPONENTS) return undefined;
    const { graph, arrivalRate } = this.system;
    const components = componentsOf(graph, arrivalRate);
    const claims = components.map((part) => this.ofComponent(part));
    if (claims.some((claim) => claim === undefined)) return undefined;
    const known = claims.filter((claim) => claim !== undefined);
    const average = (of: (claim: TailClaim) => number): number =>
      known.reduce((sum, claim, k) => sum + of(claim) * components[k].servers.length, 0) / graph.servers;
    const length = Math.max(...known.map(({ tail }) => tail.length));
    return {
      kind: KINDS_BY_CERTAINTY.findLast((kind) => known.some((claim) => claim.kind === kind)) ?? "exact",
      tail: Array.from({ length }, (_, level) => average(({ tail }) => tail[level] ?? 0)),
      mean: average(meanOf),
      highest: Math.min(...known.map(({ highest }) => highest ?? Number.POSITIVE_INFINITY)),
      levelError: (level) => average((claim) => claim.levelError(level)),
      meanError: average(({ meanError }) => meanError),
      source: `components by themselves, averaged: ${[...new Set(known.map(({ source }) => source))].join("; ")}`,
    };
  }

  private ofComponent({ graph, arrivalRate }: Component): TailClaim | undefined {
    if (arrivalRate === 0)
      return { kind: "exact", tail: [1], levelError: () => 0, meanError: 0, source: "no arrivals" };
    const system = { ...this.system, graph, arrivalRate };
    const mostStates = this.mostStates / this.properties.components;
    const theory = new SpatialGraphsTheory(system, graphProperties(graph, arrivalRate), this.whyUnstable, mostStates);
    return theory.claims.find(({ kind }) => kind !== "limit");
  }

  /** Whether every type can be sent to every server, and to each of them alike: half-edges may have been paired to several edges. */
  private isComplete(): boolean {
    const { servers, serversOf } = this.system.graph;
    if (!serversOf.degrees.every((degree) => degree === servers)) return false;
    const first = new Map([...serversOf.starts.entries()].map(([type, start]) => [start, type]));
    return [...first.values()].every((type) => new Set(neighboursOf(serversOf, type)).size === servers);
  }

  /** Small complete graphs by two chains that enclose them. */
  private exact(): TailClaim | undefined {
    const { graph, arrivalRate, choices, replacement } = this.system;
    if (!this.isComplete() || arrivalRate >= 1) return undefined;
    const law = exactJsqD({ servers: graph.servers, arrivalRate, choices, replacement }, PRECISION, this.mostStates);
    if (law === undefined) return undefined;
    const halfWidth = ({ low, high }: Enclosure): number => (high - low) / 2;
    return {
      kind: "exact",
      tail: law.tail.map(({ low, high }) => (low + high) / 2),
      mean: (law.meanQueue.low + law.meanQueue.high) / 2,
      levelError: (level) => (law.tail[level] === undefined ? 0 : halfWidth(law.tail[level])),
      meanError: halfWidth(law.meanQueue),
      source: "enclosed by two Markov chains on sorted queues (Adan, van Houtum and van der Wal 1994)",
    };
  }

  /** The sharpest approximation for this graph. */
  private refined(): TailClaim | undefined {
    const { arrivalRate, choices, replacement, graph } = this.system;
    if (choices === 1) return this.randomRouting();
    if (this.isComplete() && replacement) return this.refinedMeanField();
    const { typeDegrees, serverDegrees, phi, edges } = this.properties;
    const isRegular =
      phi < 1e-9 && typeDegrees.least === typeDegrees.greatest && serverDegrees.least === serverDegrees.greatest;
    if (choices > 2) {
      if (!isRegular) return undefined;
      const typeDegree = typeDegrees.least;
      return this.independent(independentRegularQueues({ arrivalRate, choices, typeDegree, replacement }));
    }
    if (edges > MOST_EDGES) return undefined;
    const independent = independentQueues({ ...this.system, choices: 2 });
    if (independent === undefined) return undefined;
    if (isRegular && typeDegrees.least >= 2 && typeDegrees.least < graph.servers) return this.pairs(independent);
    return this.independent(independent);
  }

  private isCalibrated(): boolean {
    const { graph, arrivalRate } = this.system;
    return graph.servers >= CALIBRATED.leastServers && arrivalRate <= CALIBRATED.greatestLoad;
  }

  private randomRouting(): TailClaim | undefined {
    const tail = independentQueues({ ...this.system, choices: 1 });
    if (tail === undefined) return undefined;
    return {
      kind: "exact",
      tail,
      levelError: () => 0,
      meanError: 0,
      source: "random routing: M/M/1 queues (Jackson 1957)",
    };
  }

  /**
   * The next term of the expansion is taken as this one times what it is of the limit; at single levels, where it may be 0 by chance, the
   * greatest of all levels times the most that it is of the limit up to there.
   */
  private refinedMeanField(): TailClaim {
    const { graph, arrivalRate, choices } = this.system;
    const { fixedPoint, correction } = jsqDRefinement(arrivalRate, choices);
    const shifts = correction.map((value) => value / graph.servers);
    const shift = shifts.reduce((sum, value) => sum + value, 0);
    const greatest = Math.max(...shifts.map(Math.abs));
    const relative = (level: number): number =>
      Math.max(...shifts.slice(0, level + 1).map((value, i) => Math.abs(value) / fixedPoint[i]));
    return {
      kind: this.areFew(graph.servers) ? "refined" : "heuristic",
      tail: fixedPoint.map((fraction, level) => fraction + shifts[level]),
      levelError: (level) => greatest * relative(level),
      meanError: shift ** 2 / meanOfTail(fixedPoint),
      source: "refined mean field, order 1/N (Gast and Van Houdt 2017); error: next term of a geometric series",
    };
  }

  /** Whether so few servers are drawn from this number of them that the expansion in its inverse is one in a small number. */
  private areFew(servers: number): boolean {
    const { choices } = this.system;
    return choices * (choices - 1) <= servers;
  }

  /** Off by less than a quarter of what pairs add to independent queues, half at single levels, beside what is finite in N. */
  private pairs(independent: readonly number[]): TailClaim {
    const { graph, arrivalRate, replacement } = this.system;
    const { typeDegrees, serverDegrees } = this.properties;
    this.pairState = pairApproximation({
      arrivalRate,
      replacement,
      typeDegree: typeDegrees.least,
      serverDegree: serverDegrees.least,
    });
    const { tail } = this.pairState;
    const { levels, mean, highest } = this.shiftsAt(graph.servers);
    return {
      kind: this.isCalibrated() ? "refined" : "heuristic",
      tail,
      highest,
      levelError: (level) => Math.abs((tail[level] ?? 0) - (independent[level] ?? 0)) / 2 + (levels[level] ?? 0),
      meanError: Math.abs(meanOfTail(tail) - meanOfTail(independent)) / 4 + mean,
      source: "pair approximation on a regular graph; error: from simulations, and 1/N",
    };
  }

  /** Off by less than if each neighbourhood were a closed system. */
  private independent(tail: readonly number[]): TailClaim {
    const size = Math.min(this.properties.typeDegrees.mean, this.system.graph.servers);
    const { levels, mean, highest } = this.shiftsAt(size);
    return {
      kind: this.isCalibrated() && this.areFew(size) ? "refined" : "heuristic",
      tail,
      highest,
      levelError: (level) => levels[level] ?? 0,
      meanError: mean,
      source: "independent queues on this graph; error: as if neighbourhoods were closed systems",
    };
  }

  /** What the number of servers may add to the limit. The expansion says nothing of levels above its greatest term, the highest. */
  private shiftsAt(servers: number): { levels: number[]; mean: number; highest: number } {
    const { arrivalRate, choices } = this.system;
    const { correction } = jsqDRefinement(arrivalRate, choices);
    const levels = correction.map((value) => (OF_COMPLETE_GRAPH * Math.abs(value)) / servers);
    const mean = levels.reduce((sum, value) => sum + value, 0);
    return { levels, mean, highest: levels.indexOf(Math.max(...levels)) };
  }

  private limit(): TailClaim {
    const { arrivalRate, choices } = this.system;
    const { rho, phi, gamma } = this.properties;
    const tail = jsqDFixedPoint(arrivalRate, choices);
    const source =
      phi < 1e-9 ? `${PAPER}, Corollary 3.6` : `${PAPER}, Corollary 3.2 (Corollary 3.4 on geometric graphs)`;
    const common = { kind: "limit", tail, levelError: () => 0, meanError: 0, source } as const;
    if (choices < 2) return { ...common, why: "the limit is that of d >= 2 choices" };
    if (rho >= 1) return { ...common, why: `rho(G) = ${rho.toFixed(3)} is not below 1` };
    return {
      ...common,
      why: `the limit requires phi(G) and gamma(G) to vanish; here they are ${phi.toFixed(3)} and ${gamma.toFixed(3)}`,
    };
  }
}

/** The claim as it stands at a level. */
function ofLevel(claim: TailClaim, level: number): TailClaim {
  const isKnown = level <= (claim.highest ?? Number.POSITIVE_INFINITY);
  return isKnown || claim.kind !== "refined" ? claim : { ...claim, kind: "heuristic" };
}

function meanOf({ mean, tail }: TailClaim): number {
  return mean ?? meanOfTail(tail);
}
