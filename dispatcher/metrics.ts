import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { DispatcherState } from "../live/dispatcher-state.js";
import type { Claim } from "../theory/prediction.js";

/** A registry whose values are read from the run's state at the moment of a scrape. */
export function dispatcherMetrics(state: () => DispatcherState): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  countJobs(registry, state);
  watchRun(registry, state);
  exportEvidence(registry, state);
  return registry;
}

/** Counters of the books, set from the dispatcher's own totals. */
function countJobs(registry: Registry, state: () => DispatcherState): void {
  const counter = (name: string, help: string, read: (state: DispatcherState) => number): void => {
    new Counter({
      name: `equipoise_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read(state()));
      },
    });
  };
  counter("jobs_offered_total", "Jobs that load generators sent.", (s) => s.totals.offered);
  counter("jobs_blocked_total", "Jobs that no server took.", (s) => s.totals.blocked);
  counter("jobs_completed_total", "Jobs that were served.", (s) => s.totals.completed);
  counter("jobs_lost_total", "Jobs of lost servers that no other took.", (s) => s.totals.lost);
  counter(
    "jobs_retried_total",
    "Times that a job went to another server, its own being lost.",
    (s) => s.totals.retried,
  );
  counter(
    "jobs_duplicate_total",
    "Jobs sent again although a server had brought them along: counted once.",
    (s) => s.totals.duplicates,
  );
  counter("protocol_offences_total", "Connections ended because the peer broke the protocol.", (s) => s.offences);
  counter(
    "sojourn_seconds_total",
    "Sum over completed jobs of the time from submission to completion, as the dispatcher sees it.",
    (s) => s.totals.sojournTime * s.timeUnitSeconds,
  );
  counter(
    "message_delay_seconds_total",
    "Sum over completed jobs of the time for messages and late timers, in which a free server counts as busy.",
    (s) => s.totals.messageDelay * s.timeUnitSeconds,
  );
}

function watchRun(registry: Registry, state: () => DispatcherState): void {
  const gauge = (name: string, help: string, read: (state: DispatcherState) => number): void => {
    new Gauge({
      name: `equipoise_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read(state()));
      },
    });
  };
  gauge("jobs_in_flight", "Jobs that servers hold.", (s) => s.totals.inFlight);
  gauge("servers", "Servers connected.", (s) => s.servers.connected);
  gauge("servers_expected", "Servers of the scenario.", (s) => s.servers.expected);
  gauge("time_unit_seconds", "Length of one unit of model time.", (s) => s.timeUnitSeconds);
  gauge("schedule_lag_seconds", "Mean lag of the jobs sent while measuring.", (s) => s.scheduleLag * s.timeUnitSeconds);
  gauge("delivery_lateness_seconds", "Mean lateness of completions at the nodes.", (s) => s.lateness.meanSeconds);
  gauge("run_void", "1 if the run is void.", (s) => (s.whyVoid === null ? 0 : 1));
  new Gauge({
    name: "equipoise_run_info",
    help: "1, with what runs as labels.",
    labelNames: ["scenario", "policy", "phase", "seed", "version"],
    registers: [registry],
    collect() {
      const { scenario, policy, phase, seed, version } = state();
      this.reset();
      this.set({ scenario, policy, phase, seed, version }, 1);
    },
  });
  new Gauge({
    name: "equipoise_fleet_service_rate",
    help: "Service rates over the fleet at the last look, per unit of model time.",
    labelNames: ["statistic"],
    registers: [registry],
    collect() {
      const { rates } = state();
      this.reset();
      for (const [statistic, rate] of Object.entries(rates ?? {})) this.set({ statistic }, rate);
    },
  });
}

/** Measurements, intervals, predictions and verdicts, so that a plain query sets theory beside measurement. */
function exportEvidence(registry: Registry, state: () => DispatcherState): void {
  const perQuantity = (
    name: string,
    help: string,
    read: (quantity: DispatcherState["quantities"][number]) => number | null,
  ) => {
    new Gauge({
      name: `equipoise_${name}`,
      help,
      labelNames: ["scenario", "quantity"],
      registers: [registry],
      collect() {
        const { scenario, quantities } = state();
        this.reset();
        for (const quantity of quantities) {
          const value = read(quantity);
          if (value !== null) this.set({ scenario, quantity: quantity.name }, value);
        }
      },
    });
  };
  perQuantity("measured", "Measured value, in the quantity's unit of model time.", (q) => q.measured);
  perQuantity("measured_low", "Lower end of the joint confidence interval.", (q) => q.ciLow);
  perQuantity("measured_high", "Upper end of the joint confidence interval.", (q) => q.ciHigh);
  new Gauge({
    name: "equipoise_prediction",
    help: "Predicted value; for a bound, its limit. The sharpest prediction of each kind that applies.",
    labelNames: ["scenario", "quantity", "kind"],
    registers: [registry],
    collect() {
      const { scenario, quantities } = state();
      this.reset();
      for (const { name, predictions } of quantities) {
        for (const prediction of predictions.toReversed()) {
          if (prediction.status === "applies")
            this.set({ scenario, quantity: name, kind: prediction.kind }, claimed(prediction));
        }
      }
    },
  });
  new Gauge({
    name: "equipoise_verdict",
    help: "1 for the verdict that holds.",
    labelNames: ["scenario", "quantity", "verdict"],
    registers: [registry],
    collect() {
      const { scenario, quantities } = state();
      this.reset();
      for (const { name, verdict } of quantities) this.set({ scenario, quantity: name, verdict }, 1);
    },
  });
}

function claimed(claim: Claim): number {
  if ("value" in claim) return claim.value;
  return "atMost" in claim ? claim.atMost : claim.atLeast;
}
