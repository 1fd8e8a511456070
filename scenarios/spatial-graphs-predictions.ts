import type { GraphProperties } from "../model/graphs/properties.js";
import { ExactFleet, stateCount } from "../theory/exact-fleet.js";
import { independentQueues } from "../theory/independent-queues.js";
import { independentRegularQueues } from "../theory/independent-regular-queues.js";
import { jsqDFixedPoint, meanOfTail } from "../theory/jsq-d-mean-field.js";
import { jsqDRefinement } from "../theory/jsq-d-refined.js";
import type { JsqDOnGraph } from "../theory/jsq-d-stability.js";
import { jsqDTailBounds } from "../theory/jsq-d-tail-bounds.js";
import { type PairState, pairApproximation } from "../theory/pair-approximation.js";
import type { Prediction, PredictionKind } from "../theory/prediction.js";
import { jsqDLaw } from "../theory/routing-laws.js";
import { LEVELS } from "./spatial-graphs-measurement.js";

/** A tail as some theory has it, with how far each level and the mean may be off. */
interface TailClaim {
  readonly kind: PredictionKind;
  readonly tail: readonly number[];
  readonly levelError: (level: number) => number;
  readonly meanError: number;
  readonly source: string;
  readonly why?: string;
}

const PAPER = "Rutten and Mukherjee (Mean-Field Analysis for Load Balancing on Spatial Graphs)";
/** More edges than this, and independent queues take too long. */
const MOST_EDGES = 1_000_000;
/** More states than this, and the balance equations take too long. */
const MOST_STATES = 20_000;
/** Exact solutions are of queues that hold no more; what is left out is counted as their error. */
const LEAST_OVERFLOW = 1e-9;

/** What theory says of JSQ(d) on a graph in its stationary state, worked out once. */
export class SpatialGraphsTheory {
  private readonly claims: readonly TailClaim[];
  private pairState: PairState | undefined;
  private readonly bounds: { readonly least: number; readonly most: number };

  /** @param whyUnstable why no stationary state is known to exist; undefined if one does */
  constructor(
    private readonly system: JsqDOnGraph,
    private readonly properties: GraphProperties,
    private readonly whyUnstable: string | undefined,
  ) {
    this.bounds = jsqDTailBounds(system);
    const refined = this.refined();
    this.claims = [this.exact(), ...(refined === undefined ? [] : [refined]), this.limit()].filter(
      (claim) => claim !== undefined,
    );
  }

  /**
   * Predictions of every quantity, sharpest first.
   *
   * @param messageDelay per job: while it lasts a job counts as being at its server, lambda times the delay of them per server
   */
  predictions(messageDelay: number): Map<string, Prediction[]> {
    const { arrivalRate } = this.system;
    const inFlight = arrivalRate * messageDelay;
    const found = new Map<string, Prediction[]>();
    for (const level of LEVELS) {
      const values = this.claims.map((claim) =>
        this.prediction(claim, claim.tail[level] ?? 0, claim.levelError(level) + inFlight),
      );
      found.set(`queue_tail_${level}`, [
        ...(level === 1 ? [this.busyFraction(inFlight)] : []),
        ...values,
        ...this.tailBounds(level, inFlight),
      ]);
    }
    const means = this.claims.map((claim) => ({ claim, mean: meanOfTail(claim.tail) }));
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
    const { servers } = this.system.graph;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const excess = ((degree - 1) * sum(covariance)) / sum(tail.map((fraction) => fraction * (1 - fraction)));
    const claim: TailClaim = {
      kind: "refined",
      tail,
      levelError: () => 0,
      meanError: 0,
      source: "pair approximation on a regular graph; error: half of what it adds to 1, and 1/N",
    };
    return [this.prediction(claim, 1 + excess, Math.abs(excess) / 2 + degree / servers)];
  }

  private prediction({ kind, source, why }: TailClaim, value: number, modelError: number): Prediction {
    const outside = why ?? this.whyUnstable;
    return {
      kind,
      value,
      modelError,
      source,
      ...(outside === undefined ? { status: "applies" } : { status: "outside assumptions", why: outside }),
    };
  }

  private busyFraction(inFlight: number): Prediction {
    const source = "conservation of flow: jobs leave at the rate at which they come";
    const exact: TailClaim = { kind: "exact", tail: [], levelError: () => 0, meanError: 0, source };
    return this.prediction(exact, this.system.arrivalRate, inFlight);
  }

  private tailBounds(level: number, inFlight: number): Prediction[] {
    const { least, most } = this.bounds;
    const common = { kind: "bound", modelError: inFlight, ...this.status() } as const;
    const lower = {
      ...common,
      atLeast: least ** level,
      source: "jobs for which no other server is drawn (flow balance)",
    };
    const upper = { ...common, atMost: most ** level, source: `${PAPER}, Corollary 4.3` };
    return [...(least > 0 ? [lower] : []), ...(most < 1 ? [upper] : [])];
  }

  private status(): Pick<Prediction, "status" | "why"> {
    return this.whyUnstable === undefined
      ? { status: "applies" }
      : { status: "outside assumptions", why: this.whyUnstable };
  }

  private isComplete(): boolean {
    return this.system.graph.serversOf.degrees.every((degree) => degree === this.system.graph.servers);
  }

  /** Small complete graphs by their balance equations. */
  private exact(): TailClaim | undefined {
    const { graph, arrivalRate, choices, replacement } = this.system;
    if (!this.isComplete() || this.properties.edges !== graph.servers * graph.taskTypes) return undefined;
    const rates = new Array<number>(graph.servers).fill(1);
    // JSQ(d) is never worse than random routing, whose queues overflow with probability lambda^buffer.
    const buffer = Math.ceil(Math.log(LEAST_OVERFLOW) / Math.log(arrivalRate));
    if (stateCount(rates, buffer) > MOST_STATES) return undefined;
    const fleet = new ExactFleet({
      totalArrivalRate: arrivalRate * graph.servers,
      serviceRates: rates,
      buffer,
      routing: jsqDLaw(choices, replacement),
    });
    const tail = Array.from({ length: buffer + 1 }, (_, level) =>
      fleet.mean((queues) => queues.reduce((count, queue) => count + (queue >= level ? 1 : 0), 0) / queues.length),
    );
    const error = buffer * LEAST_OVERFLOW;
    return {
      kind: "exact",
      tail,
      levelError: () => error,
      meanError: error,
      source: "balance equations of the Markov chain",
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

  /** The next term of the expansion is taken as this one times what this one is of the limit. */
  private refinedMeanField(): TailClaim {
    const { graph, arrivalRate, choices } = this.system;
    const { fixedPoint, correction } = jsqDRefinement(arrivalRate, choices);
    const shifts = correction.map((value) => value / graph.servers);
    const shift = shifts.reduce((sum, value) => sum + value, 0);
    return {
      kind: "refined",
      tail: fixedPoint.map((fraction, level) => fraction + shifts[level]),
      levelError: (level) => Math.min(1, (shifts[level] ?? 0) ** 2 / (fixedPoint[level] ?? 1)),
      meanError: shift ** 2 / meanOfTail(fixedPoint),
      source: "refined mean field, order 1/N (Gast and Van Houdt 2017); error: as if terms shrank alike",
    };
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
    const { levels, mean } = this.shiftsAt(graph.servers);
    return {
      kind: "refined",
      tail,
      levelError: (level) => Math.abs((tail[level] ?? 0) - (independent[level] ?? 0)) / 2 + (levels[level] ?? 0),
      meanError: Math.abs(meanOfTail(tail) - meanOfTail(independent)) / 4 + mean,
      source: "pair approximation on a regular graph; error: from simulations, and 1/N as on a complete graph",
    };
  }

  /** Off by less than if each neighbourhood were a closed system, whose expansion says nothing of levels above its greatest term. */
  private independent(tail: readonly number[]): TailClaim {
    const { arrivalRate, choices, graph } = this.system;
    const size = Math.min(this.properties.typeDegrees.mean, graph.servers);
    const { levels, mean } = this.shiftsAt(size);
    const greatest = Math.max(...levels);
    const highest = levels.indexOf(greatest);
    const decay = closedSystemDecay(arrivalRate, choices, size);
    return {
      kind: "refined",
      tail,
      levelError: (level) => Math.max(levels[level] ?? 0, level > highest ? greatest * decay ** (level - highest) : 0),
      meanError: mean,
      source: "independent queues on this very graph; error: as if neighbourhoods were closed systems",
    };
  }

  /** What a complete graph of so many servers adds to the limit. */
  private shiftsAt(servers: number): { levels: number[]; mean: number } {
    const { arrivalRate, choices } = this.system;
    const levels = jsqDRefinement(arrivalRate, choices).correction.map((value) => Math.abs(value) / servers);
    return { levels, mean: levels.reduce((sum, value) => sum + value, 0) };
  }

  private limit(): TailClaim {
    const { arrivalRate, choices } = this.system;
    const { rho, phi, gamma } = this.properties;
    const tail = jsqDFixedPoint(arrivalRate, choices);
    const common = { kind: "limit", tail, levelError: () => 0, meanError: 0, source: `${PAPER}, Theorem 3.1` } as const;
    if (rho >= 1) return { ...common, why: `rho(G) = ${rho.toFixed(3)} is not below 1` };
    return {
      ...common,
      why: `the limit as phi(G) and gamma(G) vanish; here they are ${phi.toFixed(3)} and ${gamma.toFixed(3)}`,
    };
  }
}

/**
 * By which factor the tail of JSQ(d) in a closed system of c servers falls per level: s of them are drawn alone for a part
 * (s / c)^d of the jobs, and so all of them hold one job more with the s-th power of their load from these; the greatest over s.
 */
function closedSystemDecay(arrivalRate: number, choices: number, servers: number): number {
  const loads = Array.from({ length: Math.floor(servers) }, (_, i) => {
    const alone = i + 1;
    return (arrivalRate * (alone / servers) ** (choices - 1)) ** alone;
  });
  return Math.max(arrivalRate ** servers, ...loads);
}
