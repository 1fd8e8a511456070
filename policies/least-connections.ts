import { family } from "../model/family.js";
import { notNegative, withFallback, word } from "../model/options.js";
import type { QueueKey } from "./indexes/least-key.js";
import { TurnsByDeadline } from "./indexes/turns-by-deadline.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, queueLengthInformation } from "./policy.js";
import { expectedDelay, leastOf } from "./sed.js";

type Variant = "nginx" | "haproxy" | "envoy";

export const leastConnectionsOptions = {
  variant: withFallback(word<Variant>("nginx", "haproxy", "envoy"), "nginx"),
  bias: withFallback(notNegative, 1),
};

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a server with the fewest jobs for its weight, as nginx, HAProxy or Envoy count them",
  guide: {
    stable: "if the servers together can do all the work; unknown for envoy",
    theory: "simulated only, unless the fleet is small",
    use: "to see what your balancer does; weights are well chosen",
    avoid:
      "speeds differ much and loads are low: an idle slow server gets jobs that a busy fast one would finish sooner",
    amongEquals: "jsq",
    products: "nginx `least_conn`, HAProxy `leastconn`, Envoy `LEAST_REQUEST` with unequal weights",
    configuration: {
      nginx: "least_conn; server HOST:PORT weight=WEIGHT;",
    },
    configurations: {
      haproxy: { HAProxy: "balance leastconn / server NAME HOST:PORT weight WEIGHT" },
      envoy: { Envoy: "lb_policy: LEAST_REQUEST / load_balancing_weight: WEIGHT" },
    },
  },
  family: family("least-connections", leastConnectionsOptions, ({ variant, bias }) => leastConnections(variant, bias), {
    range: "BIAS only for envoy",
    holds: ({ variant, bias }) => variant === "envoy" || bias === 1,
  }),
};

/**
 * The fewest jobs for the weight of a server, which is its rate. O(log n) per event.
 *
 * - nginx (`least_conn`): the least jobs/weight. Ties are broken at random, where nginx takes weighted turns among them.
 * - haproxy (`leastconn`): the least (jobs + 1)/weight, with 0 for idle servers, where jobs are those served and queued
 *   (lb_fwlc.c). Ties are broken at random, where HAProxy takes the one that has been waiting longest.
 * - envoy (`LEAST_REQUEST` with unequal weights): turns, as often as weight/(jobs + 1)^bias, where the jobs are those at the time
 *   of the server's last turn (edf_scheduler.h). With equal weights Envoy samples: that is jsq-d.
 */
function leastConnections(variant: Variant, bias: number): PolicyFactory {
  return variant === "envoy" ? inTurns(bias) : leastOf("least-connections", KEYS[variant]);
}

const KEYS: Readonly<Record<"nginx" | "haproxy", QueueKey>> = {
  nginx: (jobs, weight) => Math.fround(jobs / weight),
  haproxy: (jobs, weight) => (jobs === 0 ? 0 : expectedDelay(jobs, weight)),
};

function inTurns(bias: number): PolicyFactory {
  // A power takes most of the time of a turn.
  const power = bias === 1 ? (jobs: number): number => jobs : (jobs: number): number => jobs ** bias;
  return (fleet) => {
    const gap = (server: number): number => power(fleet.queueLength(server) + 1) / fleet.rate(server);
    const turns = new TurnsByDeadline(gap);
    fleet.keep(turns);
    return {
      name: "least-connections",
      knows: ["queue-lengths", "rates"],
      information: queueLengthInformation(fleet),
      choose: () => (fleet.members.size === 0 ? NO_SERVER : turns.next()),
    };
  };
}
