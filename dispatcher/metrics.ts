import type { DispatcherState } from "../live/dispatcher-state.js";
import { MetricsPage } from "../live/metrics-page.js";
import type { RunEvent } from "../live/page-feed.js";
import type { ModelTime } from "../model/units.js";
import type { FleetView } from "../scenarios/scenario.js";
import type { Claim } from "../theory/prediction.js";

/** What the dispatcher's metrics are read from, at the moment of a scrape. */
export interface MetricSources {
  readonly fleet: FleetView;
  readonly classNames: readonly string[];
  readonly events: readonly RunEvent[];
  state(): DispatcherState;
  /** In the clock of the fleet's queues. */
  now(): ModelTime;
}

/** Series of queue lengths at most, over all classes: a page stays of bounded size, whatever the queues. */
const MOST_LEVELS = 100;
const EVENT_KINDS = ["phase", "control", "fault"] as const;

/** The dispatcher's page of metrics: aggregates only, a few hundred series however many servers there are. */
export function dispatcherMetrics(sources: MetricSources): MetricsPage {
  return new MetricsPage("dispatcher", (page) => {
    const state = sources.state();
    describeRun(page, state, sources.events);
    countJobs(page, state);
    watchQueues(page, sources, state.timeUnitSeconds);
    watchSystem(page, state, sources.fleet);
    exportEvidence(page, state);
  });
}

function describeRun(page: MetricsPage, state: DispatcherState, events: readonly RunEvent[]): void {
  const { scenario, policy, phase, seed, version, parameters, timeUnitSeconds } = state;
  page.set("equipoise_run_info", 1, { scenario, policy, phase, seed, version });
  for (const [name, value] of Object.entries(parameters)) page.set("equipoise_run_parameter", 1, { name, value });
  page.set("equipoise_run_measuring", phase === "measuring" || phase === "finished" ? 1 : 0);
  page.set("equipoise_run_elapsed_seconds", state.elapsedTime * timeUnitSeconds);
  page.set("equipoise_run_void", state.whyVoid === null ? 0 : 1);
  page.set("equipoise_time_unit_seconds", timeUnitSeconds);
  for (const kind of EVENT_KINDS) {
    page.set("equipoise_run_events_total", events.filter((event) => event.kind === kind).length, { kind });
  }
}

function countJobs(page: MetricsPage, { totals, offences, timeUnitSeconds }: DispatcherState): void {
  page.set("equipoise_jobs_offered_total", totals.offered);
  page.set("equipoise_jobs_blocked_total", totals.blocked);
  page.set("equipoise_jobs_completed_total", totals.completed);
  page.set("equipoise_jobs_lost_total", totals.lost);
  page.set("equipoise_jobs_retried_total", totals.retried);
  page.set("equipoise_jobs_duplicate_total", totals.duplicates);
  page.set("equipoise_protocol_offences_total", offences);
  page.set("equipoise_jobs_waited_total", totals.waited);
  page.set("equipoise_jobs_held_up_total", totals.heldUp);
  page.set("equipoise_jobs_in_flight", totals.inFlight);
  page.set("equipoise_sojourn_seconds_total", totals.sojournTime * timeUnitSeconds);
  page.set("equipoise_message_delay_seconds_total", Math.max(0, totals.messageDelay) * timeUnitSeconds);
}

function watchQueues(page: MetricsPage, { fleet, classNames, now }: MetricSources, timeUnitSeconds: number): void {
  const time = now();
  const most = Math.floor(MOST_LEVELS / fleet.queues.length);
  for (const [index, queue] of fleet.queues.entries()) {
    for (let level = 1; level <= Math.min(queue.highest, most); level++) {
      const integral = queue.integral(level, time);
      if (integral <= 0 && level > 1) break;
      const labels = { class: classNames[index] ?? "", level: String(level) };
      page.set("equipoise_queue_servers", queue.count(level), labels);
      page.set("equipoise_queue_server_seconds_total", Math.max(0, integral) * timeUnitSeconds, labels);
    }
  }
}

function watchSystem(page: MetricsPage, state: DispatcherState, { information, learned }: FleetView): void {
  const { servers, schedule, timeUnitSeconds, rates, targetRate } = state;
  page.set("equipoise_servers", servers.connected);
  page.set("equipoise_servers_expected", servers.expected);
  page.set("equipoise_policy_messages_total", information.messages);
  page.set("equipoise_policy_bits_per_server", information.bitsPerServer);
  if (learned !== undefined) page.set("equipoise_policy_learned", learned);
  page.set("equipoise_schedule_jobs_total", schedule.sent);
  page.set("equipoise_schedule_lag_seconds_total", schedule.lag * timeUnitSeconds);
  page.set("equipoise_schedule_held_up_total", schedule.heldUp);
  page.set("equipoise_schedule_held_back_seconds_total", state.heldBackTime * timeUnitSeconds);
  page.set("equipoise_schedule_lag_seconds", state.scheduleLag * timeUnitSeconds);
  page.set("equipoise_delivery_lateness_seconds", state.lateness.meanSeconds);
  const { meanAge = null, meanAbsoluteError = null, wrongFraction = null } = state.views ?? {};
  if (meanAge !== null) page.set("equipoise_view_age_seconds", meanAge * timeUnitSeconds);
  if (meanAbsoluteError !== null) page.set("equipoise_view_error_jobs", meanAbsoluteError);
  if (wrongFraction !== null) page.set("equipoise_view_wrong_fraction", wrongFraction);
  for (const [statistic, rate] of Object.entries(rates ?? {})) {
    page.set("equipoise_fleet_service_rate", rate, { statistic });
  }
  if (targetRate !== null) page.set("equipoise_fleet_target_rate", targetRate);
}

/** Measurements, intervals, predictions and verdicts, so that a plain query sets theory beside measurement. */
function exportEvidence(page: MetricsPage, { scenario, quantities }: DispatcherState): void {
  for (const { name, measured, ciLow, ciHigh, predictions, verdict } of quantities) {
    const labels = { scenario, quantity: name };
    if (measured !== null) page.set("equipoise_measured", measured, labels);
    if (ciLow !== null) page.set("equipoise_measured_low", ciLow, labels);
    if (ciHigh !== null) page.set("equipoise_measured_high", ciHigh, labels);
    page.set("equipoise_verdict", 1, { ...labels, verdict });
    const kinds = new Set<string>();
    for (const prediction of predictions) {
      const { kind, status, modelError } = prediction;
      if (kinds.has(kind)) continue;
      kinds.add(kind);
      page.set("equipoise_prediction", claimed(prediction), { ...labels, kind, status });
      page.set("equipoise_prediction_error", modelError, { ...labels, kind, status });
    }
  }
}

function claimed(claim: Claim): number {
  if ("value" in claim) return claim.value;
  return "atMost" in claim ? claim.atMost : claim.atLeast;
}
