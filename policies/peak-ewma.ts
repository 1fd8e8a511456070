import { family } from "../model/family.js";
import { grown } from "../model/grown.js";
import { positive, withFallback } from "../model/options.js";
import type { ModelTime } from "../model/units.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { Samples } from "./indexes/samples.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

/** Finagle's 10 s at the default length of a time unit. */
const options = { decay: withFallback(positive, 200) };

export const definition: PolicyDefinition = {
  fleet: "any",
  summary:
    "of two servers sampled at random the one with less latency times jobs, where latency rises at once and falls slowly",
  guide: {
    stable: "unknown",
    theory: "simulated only",
    use: "servers slow down now and then, for reasons that only latencies show",
    avoid: "latencies vary by the jobs and not by the servers: a large job makes its server look slow",
    products: "Finagle and Linkerd `ewma`",
  },
  family: family("peak-ewma", options, ({ decay }) => peakEwma(decay)),
};

/**
 * Of two distinct servers sampled at random the one of less load: its latency times (jobs + 1). The latency is that of its
 * slowest recent job, and decays towards newer and shorter ones exponentially in time. Ties go to the one sampled first. O(1).
 *
 * Source: Finagle, PeakEwma.scala and P2C.scala. There a latency is in nanoseconds and the decay 10 s.
 *
 * @param decay mean lifetime of a latency, in time units
 */
function peakEwma(decay: ModelTime): PolicyFactory {
  return (fleet, random) => {
    const samples = new Samples(2, false, fleet.members, random);
    const latencies = new PeakLatencies(fleet, decay);
    fleet.keep(latencies);
    return {
      name: "peak-ewma",
      knows: ["queue-lengths", "latencies", "time"],
      information: {
        get messages() {
          return fleet.departures;
        },
        // Its jobs, a latency and a time.
        bitsPerServer: 32 + 64 + 64,
      },
      choose(_job, now) {
        const drawn = samples.draw();
        if (drawn === 0) return NO_SERVER;
        const [first, second] = [samples.servers[0], samples.servers[drawn - 1]];
        return latencies.load(second, now) < latencies.load(first, now) ? second : first;
      },
      completed: (server, latency, now) => latencies.observe(server, latency, now),
    };
  };
}

/** Load of a server that has jobs, but has not completed any. */
const PENALTY = 2 ** 47;

class PeakLatencies implements FleetIndex {
  private latencies = new Float64Array(16);
  private observedAt = new Float64Array(16);

  constructor(
    private readonly fleet: Fleet,
    private readonly decay: ModelTime,
  ) {}

  load(server: number, now: ModelTime): number {
    this.observe(server, 0, now);
    const jobs = this.fleet.queueLength(server);
    const latency = this.latencies[server];
    return latency === 0 && jobs > 0 ? PENALTY + jobs : latency * (jobs + 1);
  }

  observe(server: number, latency: ModelTime, now: ModelTime): void {
    const before = this.latencies[server];
    const kept = Math.exp(-Math.max(0, now - this.observedAt[server]) / this.decay);
    this.latencies[server] = latency > before ? latency : before * kept + latency * (1 - kept);
    this.observedAt[server] = now;
  }

  added(server: number): void {
    if (server >= this.latencies.length) {
      this.latencies = grown(this.latencies, new Float64Array(2 * server));
      this.observedAt = grown(this.observedAt, new Float64Array(2 * server));
    }
    this.latencies[server] = 0;
    this.observedAt[server] = 0;
  }

  removed(): void {}

  rose(): void {}

  fell(): void {}
}
