import { type CompatibilityGraph, neighboursOf } from "../model/graphs/compatibility-graph.js";
import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { DispatcherTotals, ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { FleetView, Measured, Measurement, RunConditions } from "./scenario.js";

/** Levels of the queue length of which the fraction of servers is measured. */
export const LEVELS = [1, 2, 3, 4, 5] as const;

/** Gathers every quantity of the spatial-graphs scenario. */
export class SpatialGraphsMeasurement implements Measurement {
  epochs = 0;
  lost = 0;
  /** As the servers themselves have it: no message delays it. */
  private readonly queueLengths = new RatioSeries();
  private readonly sojournTimes = new RatioSeries();
  private readonly messageDelays = new RatioSeries();
  private readonly heldUp = new RatioSeries();
  private readonly tails = LEVELS.map(() => new RatioSeries());
  private readonly spread = new RatioSeries();
  private readonly previousOf = new Map<number, { observedTime: ModelTime; queueLengthIntegral: number }>();
  private previous: { totals: DispatcherTotals; time: ModelTime; integrals: number[] } | undefined;
  private readonly epoch = { observedTime: 0, queueLengthIntegral: 0 };

  constructor(private readonly graph: CompatibilityGraph) {}

  observeServer(server: number, totals: Readonly<ServerTotals>, _rate: Rate): void {
    const { observedTime, queueLengthIntegral } = totals;
    const previous = this.previousOf.get(server);
    this.previousOf.set(server, { observedTime, queueLengthIntegral });
    if (previous === undefined) return;
    this.epoch.observedTime += observedTime - previous.observedTime;
    this.epoch.queueLengthIntegral += queueLengthIntegral - previous.queueLengthIntegral;
  }

  forgetServer(server: number): void {
    this.previousOf.delete(server);
  }

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const totals = { ...fleet.totals };
    const integrals = LEVELS.map((level) => fleet.queues.reduce((sum, queue) => sum + queue.integral(level, now), 0));
    const { previous } = this;
    this.previous = { totals, time: now, integrals };
    if (previous === undefined) return;
    this.epochs++;
    this.lost += totals.lost - previous.totals.lost;
    const completed = totals.completed - previous.totals.completed;
    const serverTime = this.graph.servers * (now - previous.time);
    for (const [index, tail] of this.tails.entries())
      tail.add(integrals[index] - previous.integrals[index], serverTime);
    this.queueLengths.add(this.epoch.queueLengthIntegral, this.epoch.observedTime);
    this.sojournTimes.add(totals.sojournTime - previous.totals.sojournTime, completed);
    this.messageDelays.add(totals.messageDelay - previous.totals.messageDelay, completed);
    this.heldUp.add(totals.heldUp - previous.totals.heldUp, completed);
    const { between, independent } = spreadOf(this.graph, fleet);
    this.spread.add(between, independent);
    Object.assign(this.epoch, { observedTime: 0, queueLengthIntegral: 0 });
  }

  conditions(): RunConditions {
    const orNothing = (value: number): number => (Number.isFinite(value) ? Math.max(0, value) : 0);
    return {
      messageDelay: orNothing(this.messageDelays.estimate().value),
      heldUpFraction: orNothing(this.heldUp.estimate().value),
    };
  }

  measured(): ReadonlyMap<string, Measured> {
    return new Map([
      ["mean_queue_length", fromEstimate(this.queueLengths.estimate())],
      ...LEVELS.map((level, index): [string, Measured] => [
        `queue_tail_${level}`,
        fromEstimate(this.tails[index].estimate()),
      ]),
      ["mean_sojourn_time", fromEstimate(this.sojournTimes.estimate())],
      ["neighbourhood_spread", fromEstimate(this.spread.estimate())],
    ]);
  }
}

function fromEstimate(estimate: Estimate): Measured {
  return { value: estimate.value, interval: (confidence) => confidenceInterval(estimate, confidence) };
}

/**
 * How much the occupancy q^w differs between the neighbourhoods of task types: the sum over levels of the mean over types of
 * (q_i^w - q_i)^2, as in Theorem 3.10 of Rutten and Mukherjee; and what that would be on average if the same queues stood at
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
