import { fractionOf, meanOf, memoryOf } from "../../experiments/measured.js";
import { ObservingMeasurement } from "../../experiments/observing-measurement.js";
import { queueTail } from "../../experiments/queue-quantities.js";
import type { FleetView, Measured, Measurement } from "../../experiments/scenario.js";
import { type CompatibilityGraph, neighboursOf } from "../../model/graphs/compatibility-graph.js";
import { nestedTrials } from "../../model/statistics/proportion.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import type { ModelTime } from "../../model/units.js";
import { LEVELS, type SpatialGraphsQuantity } from "./quantities.js";

/** Gathers every quantity of the spatial-graphs scenario. */
export class SpatialGraphsMeasurement extends ObservingMeasurement implements Measurement<SpatialGraphsQuantity> {
  /** As the servers themselves count it: no message delays it. */
  private readonly queueLengths = new RatioSeries();
  private readonly sojournTimes = new RatioSeries();
  private readonly tails = LEVELS.map(() => new RatioSeries());
  private readonly spread = new RatioSeries();
  private previous: { now: ModelTime; integrals: number[] } | undefined;

  private measuredTime: ModelTime = 0;

  /** @param relaxationTime of the queues */
  constructor(
    private readonly graph: CompatibilityGraph,
    private readonly relaxationTime: ModelTime,
  ) {
    super();
  }

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const { previous } = this;
    const integrals = LEVELS.map((level) => fleet.queues.reduce((sum, queue) => sum + queue.integral(level, now), 0));
    this.previous = { now, integrals };
    const jobs = this.jobs.closeEpoch(fleet.totals);
    const { queueLengthIntegral, observedTime } = this.servers.closeEpoch();
    if (jobs === undefined || previous === undefined) return;
    this.measuredTime += now - previous.now;
    const serverTime = this.graph.servers * (now - previous.now);
    for (const [index, tail] of this.tails.entries())
      tail.add(integrals[index] - previous.integrals[index], serverTime);
    this.queueLengths.add(queueLengthIntegral, observedTime);
    this.sojournTimes.add(jobs.sojournTime, jobs.completed);
    const { between, independent } = spreadOf(this.graph, fleet);
    this.spread.add(between, independent);
  }

  measured(): ReadonlyMap<SpatialGraphsQuantity, Measured> {
    const memory = memoryOf(this.relaxationTime, this.measuredTime);
    const mean = (series: RatioSeries): Measured => meanOf(series.estimate(memory), memory);
    const tails = this.tails.map((tail) => tail.estimate(memory));
    const trials = nestedTrials(tails, 1 / memory);
    return new Map<SpatialGraphsQuantity, Measured>([
      ["mean_queue_length", mean(this.queueLengths)],
      ...LEVELS.map((level, index): [SpatialGraphsQuantity, Measured] => [
        queueTail(level),
        fractionOf(tails[index], trials[index], memory),
      ]),
      ["mean_sojourn_time", mean(this.sojournTimes)],
      ["neighbourhood_spread", mean(this.spread)],
    ]);
  }
}

/**
 * How much the occupancy q^w differs between the neighbourhoods of task types: the sum over levels of the mean over types of
 * (q_i^w - q_i)^2, as in Theorem 3.10 of Rutten and Mukherjee (2023); and what that would be on average if the same queues were at
 * random servers.
 */
function spreadOf(graph: CompatibilityGraph, fleet: FleetView): { between: number; independent: number } {
  const { servers, taskTypes, serversOf } = graph;
  const counts = new Float64Array(64);
  const levelOf = (server: number): number => Math.min(counts.length - 1, fleet.queueLength(server));
  for (let server = 0; server < servers; server++) for (let i = 1; i <= levelOf(server); i++) counts[i]++;
  const highest = counts.findLastIndex((count) => count > 0);
  const local = new Float64Array(counts.length);
  let between = 0;
  let inverseDegrees = 0;
  for (let type = 0; type < taskTypes; type++) {
    const neighbours = neighboursOf(serversOf, type);
    local.fill(0);
    for (const server of neighbours) for (let i = 1; i <= levelOf(server); i++) local[i]++;
    for (let i = 1; i <= highest; i++) between += (local[i] / neighbours.length - counts[i] / servers) ** 2 / taskTypes;
    // Servers drawn without replacement.
    if (servers > 1) inverseDegrees += (1 / neighbours.length) * ((servers - neighbours.length) / (servers - 1));
  }
  let variance = 0;
  for (let i = 1; i <= highest; i++) variance += (counts[i] / servers) * (1 - counts[i] / servers);
  return { between, independent: (variance * inverseDegrees) / taskTypes };
}
