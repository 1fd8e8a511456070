import type { FleetView } from "../../experiments/scenario.js";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import type { MetricName } from "../../live/http/metric-definitions.js";
import { MetricsPage } from "../../live/http/metrics-page.js";
import type { RunEvent, SystemDescription } from "../../live/http/page-feed.js";
import { cumulativeBuckets } from "../../model/statistics/time-buckets.js";
import type { TimeCounts } from "../../model/statistics/time-counts.js";
import type { ModelTime } from "../../model/units.js";
import type { Claim } from "../../theory/prediction.js";

/** Sources of the dispatcher's metrics, read at each scrape. */
export interface MetricSources {
  readonly fleet: FleetView;
  readonly classes: SystemDescription["classes"];
  /** Names of the groups of jobs whose times are told, all jobs first; none if no times are measured. */
  readonly jobs: readonly string[];
  readonly events: readonly RunEvent[];
  state(): DispatcherState;
  /** Present time on the clock of the fleet's queues. */
  now(): ModelTime;
}

/** Most queue length series over all classes, to bound the size of the page. */
const MOST_LEVELS = 100;
const EVENT_KINDS = ["phase", "control", "fault"] as const;

/** The dispatcher's metrics page: aggregates only, a few hundred series for any number of servers, and as many for each group of jobs whose times are told apart. */
export function dispatcherMetrics(sources: MetricSources): MetricsPage {
  return new MetricsPage("dispatcher", (page) => {
    const state = sources.state();
    describeRun(page, state, sources.events);
    countJobs(page, state);
    watchQueues(page, sources, state.timeUnitSeconds);
    watchTimes(page, sources, state.timeUnitSeconds);
    watchSystem(page, state, sources.fleet);
    watchThresholds(page, state, sources.classes);
    exportEvidence(page, state);
  });
}

function describeRun(page: MetricsPage, state: DispatcherState, events: readonly RunEvent[]): void {
  const { scenario, policy, phase, seed, version, parameters, timeUnitSeconds } = state;
  const { dispatchers = 1, number = 0, views = "" } = state.division ?? {};
  const one = { dispatchers: String(dispatchers), dispatcher: String(number), views };
  page.set("equipoise_run_info", 1, { scenario, policy, phase, seed, version, ...one });
  for (const [name, value] of Object.entries(parameters)) page.set("equipoise_run_parameter", 1, { name, value });
  page.set("equipoise_run_measuring", phase === "measuring" || phase === "finished" ? 1 : 0);
  page.set("equipoise_run_elapsed_seconds", state.elapsedTime * timeUnitSeconds);
  page.set("equipoise_run_warmup_seconds", state.warmUpTime * timeUnitSeconds);
  page.set("equipoise_run_void", state.whyVoid === null ? 0 : 1);
  page.set("equipoise_time_unit_seconds", timeUnitSeconds);
  for (const kind of EVENT_KINDS) {
    page.set("equipoise_run_events_total", events.filter((event) => event.kind === kind).length, { kind });
    const last = events.findLast((event) => event.kind === kind);
    if (last !== undefined)
      page.set("equipoise_run_last_event_seconds", last.time * timeUnitSeconds, { kind, text: last.text });
  }
}

function countJobs(page: MetricsPage, { totals, poisonousJobs, offences, timeUnitSeconds }: DispatcherState): void {
  page.set("equipoise_jobs_offered_total", totals.offered);
  page.set("equipoise_jobs_blocked_total", totals.blocked);
  page.set("equipoise_jobs_completed_total", totals.completed);
  page.set("equipoise_jobs_lost_total", totals.lost);
  page.set("equipoise_jobs_timed_out_total", totals.timedOut);
  page.set("equipoise_jobs_poisonous_total", poisonousJobs ?? 0);
  page.set("equipoise_jobs_retried_total", totals.retried);
  page.set("equipoise_jobs_duplicate_total", totals.duplicates);
  page.set("equipoise_protocol_offences_total", offences);
  page.set("equipoise_jobs_waited_total", totals.waited);
  page.set("equipoise_jobs_held_up_total", totals.heldUp);
  page.set("equipoise_job_work_total", totals.work);
  page.set("equipoise_job_squared_work_total", totals.squaredWork);
  page.set("equipoise_jobs_in_flight", totals.inFlight);
  page.set("equipoise_sojourn_seconds_total", totals.sojournTime * timeUnitSeconds);
  page.set("equipoise_message_delay_seconds_total", Math.max(0, totals.messageDelay) * timeUnitSeconds);
  page.set("equipoise_asked_delay_seconds_total", totals.askedDelay * timeUnitSeconds);
}

function watchQueues(page: MetricsPage, { fleet, classes, now }: MetricSources, timeUnitSeconds: number): void {
  const time = now();
  const most = Math.floor(MOST_LEVELS / fleet.queues.length);
  for (const { name, servers } of classes) page.set("equipoise_class_servers", servers, { class: name });
  for (const [index, queue] of fleet.queues.entries()) {
    for (let level = 1; level <= Math.min(queue.highest, most); level++) {
      const integral = queue.integral(level, time);
      if (integral <= 0 && level > 1) break;
      const labels = { class: classes[index]?.name ?? "", level: String(level) };
      page.set("equipoise_queue_servers", queue.count(level), labels);
      page.set("equipoise_queue_server_seconds_total", Math.max(0, integral) * timeUnitSeconds, labels);
    }
  }
}

function watchTimes(page: MetricsPage, { fleet: { times }, jobs }: MetricSources, timeUnitSeconds: number): void {
  if (times === undefined) return;
  for (const [index, name] of jobs.entries()) {
    const { sojourn, waiting } = index === 0 ? times.all : times.groups[index - 1];
    const tell = (metric: MetricName, { counts, end }: TimeCounts): void => {
      for (const [limit, count] of cumulativeBuckets(counts, end)) {
        const le = Number.isFinite(limit) ? String(limit * timeUnitSeconds) : "+Inf";
        page.set(metric, count, { jobs: name, le });
      }
    };
    tell("equipoise_time_at_server_seconds_bucket", sojourn);
    tell("equipoise_waiting_time_seconds_bucket", waiting);
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

function watchThresholds(
  page: MetricsPage,
  { thresholds }: DispatcherState,
  classes: SystemDescription["classes"],
): void {
  if (thresholds === undefined) return;
  const { byClass, green, yellow } = thresholds;
  for (const [i, threshold] of byClass.entries())
    page.set("equipoise_policy_threshold_jobs", threshold, { class: classes[i].name });
  for (const [colour, servers] of Object.entries({ green, yellow }))
    page.set("equipoise_policy_tokens", servers, { colour });
}

/** Measurements, intervals, predictions and verdicts, so that a simple query compares theory with measurement. */
function exportEvidence(page: MetricsPage, { scenario, quantities, verdict: overall }: DispatcherState): void {
  page.set("equipoise_run_verdict", 1, { verdict: overall });
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
