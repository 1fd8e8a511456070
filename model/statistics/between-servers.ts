import { fisherQuantile, type Interval } from "./interval.js";

/** Maximum number of batches; then neighbours are merged in pairs. */
const BATCHES = 16;
const LEAST_BATCHES = 4;

/**
 * How much the servers' time averages differ beyond random noise: the between-server standard deviation in a two-way layout,
 * servers by batches of time, with a random server effect. Effects common to the whole fleet in a batch are removed.
 * (Scheffe 1959, The Analysis of Variance, chapters 7 and 8.)
 */
export class BetweenServers {
  private integrals: Float64Array[];
  private times: Float64Array[];
  private mergedPerBatch = 1;
  private closedInBatch = 0;

  constructor(private readonly servers: number) {
    this.integrals = [new Float64Array(servers)];
    this.times = [new Float64Array(servers)];
  }

  /** Adds the integral of the quantity over `time` at one server. */
  add(server: number, integral: number, time: number): void {
    this.integrals[this.integrals.length - 1][server] += integral;
    this.times[this.times.length - 1][server] += time;
  }

  closeBatch(): void {
    this.closedInBatch++;
    if (this.closedInBatch < this.mergedPerBatch) return;
    this.closedInBatch = 0;
    if (this.integrals.length === BATCHES) {
      this.integrals = mergePairs(this.integrals);
      this.times = mergePairs(this.times);
      this.mergedPerBatch *= 2;
    }
    this.integrals.push(new Float64Array(this.servers));
    this.times.push(new Float64Array(this.servers));
  }

  /**
   * The standard deviation between servers, 0 if noise alone explains the differences, and its confidence interval by the F
   * distribution. The interval is [0, Infinity] while there are too few batches or servers.
   * `variance` is the squared value before truncation at 0, which is unbiased.
   */
  estimate(confidence: number): { value: number; variance: number; interval: Interval } {
    const averages = this.averages();
    const batches = averages.length;
    const servers = averages[0]?.length ?? 0;
    if (batches < LEAST_BATCHES || servers < 2)
      return { value: Number.NaN, variance: Number.NaN, interval: { low: 0, high: Number.POSITIVE_INFINITY } };
    const { between, within } = meanSquares(averages);
    const component = (divisor: number): number => Math.sqrt(Math.max(0, (between / divisor - within) / batches));
    const quantile = (p: number): number => fisherQuantile(p, servers - 1, (servers - 1) * (batches - 1));
    const smallest = quantile((1 - confidence) / 2);
    // Servers that differ by less than noise alone would make them do not tell that there is none at all.
    const least = Math.sqrt((within * Math.max(0, 1 / smallest - 1)) / batches);
    return {
      value: component(1),
      variance: (between - within) / batches,
      interval: { low: component(quantile((1 + confidence) / 2)), high: Math.max(least, component(smallest)) },
    };
  }

  /** Time averages by batch and server, for the complete batches and the servers present in all of them. */
  private averages(): number[][] {
    const closed = this.integrals.length - 1;
    const present = Array.from({ length: this.servers }, (_, server) => server).filter((server) =>
      this.times.slice(0, closed).every((times) => times[server] > 0),
    );
    return this.integrals
      .slice(0, closed)
      .map((integrals, batch) => present.map((server) => integrals[server] / this.times[batch][server]));
  }
}

function meanSquares(averages: readonly (readonly number[])[]): { between: number; within: number } {
  const batches = averages.length;
  const servers = averages[0].length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofBatch = averages.map(mean);
  const ofServer = Array.from({ length: servers }, (_, server) => mean(averages.map((batch) => batch[server])));
  const overall = mean(ofServer);
  let between = 0;
  let within = 0;
  for (let server = 0; server < servers; server++) {
    between += (ofServer[server] - overall) ** 2;
    for (let batch = 0; batch < batches; batch++) {
      within += (averages[batch][server] - ofServer[server] - ofBatch[batch] + overall) ** 2;
    }
  }
  return { between: (batches * between) / (servers - 1), within: within / ((servers - 1) * (batches - 1)) };
}

function mergePairs(batches: readonly Float64Array[]): Float64Array[] {
  return batches
    .filter((_, i) => i % 2 === 0)
    .map((first, i) => first.map((value, server) => value + batches[2 * i + 1][server]));
}
