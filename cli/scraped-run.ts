import { Run, type RunOptions } from "../experiments/run.js";
import type { Experiment, FleetView, QueueView, SystemModel } from "../experiments/scenario.js";
import type { MetricName } from "../live/http/metric-definitions.js";
import { UserError } from "../model/errors.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { Series } from "./promql.js";
import type { Result } from "./result.js";
import { timesIn } from "./scraped-times.js";

/** The dispatcher metrics from which a run is reconstructed. */
export const DISPATCHER_METRICS = [
  "equipoise_run_measuring",
  "equipoise_run_void",
  "equipoise_run_warmup_seconds",
  "equipoise_servers",
  "equipoise_jobs_offered_total",
  "equipoise_jobs_blocked_total",
  "equipoise_jobs_completed_total",
  "equipoise_jobs_lost_total",
  "equipoise_jobs_timed_out_total",
  "equipoise_jobs_retried_total",
  "equipoise_jobs_duplicate_total",
  "equipoise_jobs_waited_total",
  "equipoise_jobs_held_up_total",
  "equipoise_jobs_in_flight",
  "equipoise_job_work_total",
  "equipoise_job_squared_work_total",
  "equipoise_sojourn_seconds_total",
  "equipoise_message_delay_seconds_total",
  "equipoise_asked_delay_seconds_total",
  "equipoise_time_at_server_seconds_bucket",
  "equipoise_waiting_time_seconds_bucket",
  "equipoise_queue_servers",
  "equipoise_queue_server_seconds_total",
  "equipoise_policy_messages_total",
  "equipoise_policy_bits_per_server",
  "equipoise_policy_learned",
  "equipoise_schedule_jobs_total",
  "equipoise_schedule_lag_seconds_total",
  "equipoise_schedule_held_up_total",
] as const satisfies readonly MetricName[];

/** The server-node metrics from which a run is reconstructed. */
export const SERVER_METRICS = [
  "equipoise_server_observed_seconds_total",
  "equipoise_server_busy_seconds_total",
  "equipoise_server_idle_time_integral_seconds_squared_total",
  "equipoise_server_work_done_total",
  "equipoise_server_queue_length_seconds_total",
  "equipoise_server_waiting_seconds_total",
  "equipoise_server_services_begun_total",
  "equipoise_server_jobs_completed_total",
  "equipoise_server_jobs_abandoned_total",
  "equipoise_server_service_rate",
] as const satisfies readonly MetricName[];

/** One scrape of one process: values by metric, and by class and level for queues, by whose jobs and limit for times. */
interface Scrape {
  readonly seconds: number;
  /** The server whose values these are; undefined for the dispatcher's. */
  readonly server: number | undefined;
  readonly values: Map<string, number>;
}

export interface ScrapedRun {
  readonly run: Run;
  /** Time between the first and the last scrape counted. */
  readonly measuredTime: ModelTime;
  /** From the last scrape of the dispatcher. */
  readonly jobs: NonNullable<Result["jobs"]>;
}

/**
 * Feeds the scrapes of a run to a new measurement, as a live dispatcher feeds its reports: an observation of a server for
 * each scrape of its node, an epoch for each scrape of the dispatcher.
 *
 * @param series of DISPATCHER_METRICS and SERVER_METRICS, of one dispatcher and its nodes, as scraped
 * @throws UserError if too little was scraped
 */
export function replayScrapes(
  experiment: Experiment,
  series: readonly Series[],
  timeUnitSeconds: number,
  judged: Pick<RunOptions, "familyConfidence" | "within">,
): ScrapedRun {
  const scrapes = scrapesOf(series);
  const dispatcher = scrapes.filter(({ server }) => server === undefined);
  const since = measuringSince(dispatcher);
  const counted = scrapes.filter(({ seconds }) => seconds >= since);
  const last = dispatcher.at(-1);
  const servers = new Set(counted.flatMap(({ server }) => (server === undefined ? [] : [server])));
  if (last === undefined || dispatcher.filter(({ seconds }) => seconds >= since).length < 2)
    throw new UserError(
      "the window holds fewer than two scrapes of a measuring dispatcher: wait for the warm-up, or widen --window",
    );
  if (servers.size < experiment.system.servers) {
    throw new UserError(
      `metrics of ${servers.size} of ${experiment.system.servers} servers were scraped: every node must serve its own (--node-metrics)`,
    );
  }
  const run = new Run(experiment, {
    warmUpTime: 0,
    warmedUpFor: (last.values.get("equipoise_run_warmup_seconds") ?? 0) / timeUnitSeconds,
    measuringTime: Number.POSITIVE_INFINITY,
    ...judged,
    epochTime: 0,
  });
  const time = (seconds: number): ModelTime => (seconds - since) / timeUnitSeconds;
  run.start(0);
  const connected = last.values.get("equipoise_servers");
  const previous = new Map<number | undefined, Scrape>();
  for (const scrape of counted) {
    const before = previous.get(scrape.server);
    previous.set(scrape.server, scrape);
    if (before !== undefined && wentBack(before, scrape))
      run.fault(scrape.server === undefined ? "the dispatcher was restarted" : `server ${scrape.server} was restarted`);
    if (scrape.server === undefined) playDispatcher(run, scrape, time(scrape.seconds), timeUnitSeconds, connected);
    else run.observeServer(scrape.server, serverTotals(scrape, timeUnitSeconds), rateOf(scrape));
  }
  const of = (name: MetricName): number => last.values.get(name) ?? 0;
  // At first, with few jobs, a run may be void for a moment; what makes it void for good still does at the end.
  if (of("equipoise_run_void") === 1) run.fault("the dispatcher reports a void run; its page says why");
  return {
    run,
    measuredTime: time(last.seconds),
    jobs: {
      offered: of("equipoise_jobs_offered_total"),
      blocked: of("equipoise_jobs_blocked_total"),
      completed: of("equipoise_jobs_completed_total"),
      lost: of("equipoise_jobs_lost_total"),
      timedOut: of("equipoise_jobs_timed_out_total"),
      inFlight: of("equipoise_jobs_in_flight"),
      retried: of("equipoise_jobs_retried_total"),
      duplicates: of("equipoise_jobs_duplicate_total"),
    },
  };
}

/** The samples grouped by process and time, in order of time. */
function scrapesOf(series: readonly Series[]): Scrape[] {
  const scrapes = new Map<string, Scrape>();
  for (const { name, labels, samples } of series) {
    const server = labels.server === undefined ? undefined : Number(labels.server);
    const key = keyOf(name, labels);
    for (const { seconds, value } of samples) {
      const id = `${seconds}/${server}`;
      const scrape = scrapes.get(id) ?? { seconds, server, values: new Map() };
      scrape.values.set(key, value);
      scrapes.set(id, scrape);
    }
  }
  return [...scrapes.values()].sort((a, b) => a.seconds - b.seconds);
}

function keyOf(name: string, { class: serverClass, level, jobs, le }: Series["labels"]): string {
  if (level !== undefined) return `${name}/${serverClass}/${level}`;
  return le === undefined ? name : `${name}/${jobs}/${le}`;
}

/** When the dispatcher last began to measure; Infinity if it is not measuring. */
function measuringSince(dispatcher: readonly Scrape[]): number {
  const before = dispatcher.findLastIndex(({ values }) => values.get("equipoise_run_measuring") !== 1);
  return dispatcher[before + 1]?.seconds ?? Number.POSITIVE_INFINITY;
}

/** A counter that falls belongs to a process that was restarted. */
function wentBack(before: Scrape, after: Scrape): boolean {
  return [...after.values].some(
    ([key, value]) => /_(?:total|bucket)(?:\/|$)/.test(key) && value < (before.values.get(key) ?? 0),
  );
}

function playDispatcher(
  run: Run,
  scrape: Scrape,
  now: ModelTime,
  timeUnitSeconds: number,
  connected: number | undefined,
): void {
  const of = (name: MetricName): number => scrape.values.get(name) ?? 0;
  run.observeSchedule({
    sent: of("equipoise_schedule_jobs_total"),
    lag: of("equipoise_schedule_lag_seconds_total") / timeUnitSeconds,
    heldUp: of("equipoise_schedule_held_up_total"),
  });
  run.tick(now, fleetView(scrape, run.experiment.system, timeUnitSeconds));
  if (of("equipoise_servers") !== connected)
    run.fault("servers joined or left within the window; measure again while the fleet does not change");
}

function refuseSingleServers(): never {
  throw new UserError("this scenario measures individual queues, for which the dispatcher has no metrics");
}

function fleetView({ values }: Scrape, { classNames, timesApart }: SystemModel, timeUnitSeconds: number): FleetView {
  const of = (name: MetricName): number => values.get(name) ?? 0;
  return {
    totals: {
      offered: of("equipoise_jobs_offered_total"),
      blocked: of("equipoise_jobs_blocked_total"),
      completed: of("equipoise_jobs_completed_total"),
      lost: of("equipoise_jobs_lost_total"),
      timedOut: of("equipoise_jobs_timed_out_total"),
      retried: of("equipoise_jobs_retried_total"),
      duplicates: of("equipoise_jobs_duplicate_total"),
      waited: of("equipoise_jobs_waited_total"),
      heldUp: of("equipoise_jobs_held_up_total"),
      work: of("equipoise_job_work_total"),
      squaredWork: of("equipoise_job_squared_work_total"),
      sojournTime: of("equipoise_sojourn_seconds_total") / timeUnitSeconds,
      messageDelay: of("equipoise_message_delay_seconds_total") / timeUnitSeconds,
      askedDelay: of("equipoise_asked_delay_seconds_total") / timeUnitSeconds,
    },
    times: timesIn(values, timesApart, timeUnitSeconds),
    queues: classNames.map((name) => queueView(values, name, timeUnitSeconds)),
    queueLength: refuseSingleServers,
    rate: refuseSingleServers,
    information: {
      messages: of("equipoise_policy_messages_total"),
      bitsPerServer: of("equipoise_policy_bits_per_server"),
    },
    learned: values.get("equipoise_policy_learned"),
  };
}

function queueView(values: ReadonlyMap<string, number>, className: string, timeUnitSeconds: number): QueueView {
  const of = (name: MetricName, level: number): number => values.get(`${name}/${className}/${level}`) ?? 0;
  let highest = 0;
  while (values.has(`equipoise_queue_servers/${className}/${highest + 1}`)) highest++;
  let jobs = 0;
  for (let level = 1; level <= highest; level++) jobs += of("equipoise_queue_servers", level);
  return {
    jobs,
    highest,
    count: (level) => of("equipoise_queue_servers", level),
    integral: (level) => of("equipoise_queue_server_seconds_total", level) / timeUnitSeconds,
  };
}

function serverTotals({ values }: Scrape, timeUnitSeconds: number): ServerTotals {
  const of = (name: MetricName): number => values.get(name) ?? 0;
  return {
    observedTime: of("equipoise_server_observed_seconds_total") / timeUnitSeconds,
    busyTime: of("equipoise_server_busy_seconds_total") / timeUnitSeconds,
    idleTimeIntegral: of("equipoise_server_idle_time_integral_seconds_squared_total") / timeUnitSeconds ** 2,
    workDone: of("equipoise_server_work_done_total"),
    queueLengthIntegral: of("equipoise_server_queue_length_seconds_total") / timeUnitSeconds,
    waitingTime: of("equipoise_server_waiting_seconds_total") / timeUnitSeconds,
    begun: of("equipoise_server_services_begun_total"),
    completed: of("equipoise_server_jobs_completed_total"),
    abandoned: of("equipoise_server_jobs_abandoned_total"),
  };
}

function rateOf({ values }: Scrape): Rate {
  return values.get("equipoise_server_service_rate" satisfies MetricName) ?? 0;
}
