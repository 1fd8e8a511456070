import type { MetricName } from "../live/metric-definitions.js";
import { UserError } from "../model/errors.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Run } from "../scenarios/run.js";
import type { Experiment, FleetView, QueueView } from "../scenarios/scenario.js";
import type { Series } from "./promql.js";
import type { Result } from "./result.js";

/** The metrics of a dispatcher that a run is made of again. */
export const DISPATCHER_METRICS = [
  "equipoise_run_measuring",
  "equipoise_run_void",
  "equipoise_servers",
  "equipoise_jobs_offered_total",
  "equipoise_jobs_blocked_total",
  "equipoise_jobs_completed_total",
  "equipoise_jobs_lost_total",
  "equipoise_jobs_retried_total",
  "equipoise_jobs_duplicate_total",
  "equipoise_jobs_waited_total",
  "equipoise_jobs_held_up_total",
  "equipoise_jobs_in_flight",
  "equipoise_sojourn_seconds_total",
  "equipoise_message_delay_seconds_total",
  "equipoise_queue_servers",
  "equipoise_queue_server_seconds_total",
  "equipoise_policy_messages_total",
  "equipoise_policy_bits_per_server",
  "equipoise_policy_learned",
  "equipoise_schedule_jobs_total",
  "equipoise_schedule_lag_seconds_total",
  "equipoise_schedule_held_up_total",
] as const satisfies readonly MetricName[];

/** Those of server nodes. */
export const SERVER_METRICS = [
  "equipoise_server_observed_seconds_total",
  "equipoise_server_busy_seconds_total",
  "equipoise_server_idle_time_integral_seconds_squared_total",
  "equipoise_server_work_done_total",
  "equipoise_server_queue_length_seconds_total",
  "equipoise_server_waiting_seconds_total",
  "equipoise_server_services_begun_total",
  "equipoise_server_jobs_completed_total",
  "equipoise_server_service_rate",
] as const satisfies readonly MetricName[];

/** What one scrape of one process found: values by metric, and by class and level for queues. */
interface Scrape {
  readonly seconds: number;
  /** Of a server node: one server's. */
  readonly server: number | undefined;
  readonly values: Map<string, number>;
}

export interface ScrapedRun {
  readonly run: Run;
  /** Time between the first and the last scrape that counts. */
  readonly measuredTime: ModelTime;
  /** The last scrape of the dispatcher. */
  readonly jobs: NonNullable<Result["jobs"]>;
}

/**
 * Plays what was scraped of a run into a new measurement, as a live dispatcher plays its reports: a look at a server for
 * each scrape of its node, an epoch for each scrape of the dispatcher.
 *
 * @param series of DISPATCHER_METRICS and SERVER_METRICS, of one dispatcher and its nodes, as they were scraped
 * @throws UserError where too little was scraped
 */
export function replayScrapes(
  experiment: Experiment,
  series: readonly Series[],
  timeUnitSeconds: number,
  familyConfidence: number,
): ScrapedRun {
  const scrapes = scrapesOf(series);
  const dispatcher = scrapes.filter(({ server }) => server === undefined);
  const since = measuringSince(dispatcher);
  const counted = scrapes.filter(({ seconds }) => seconds >= since);
  const last = dispatcher.at(-1);
  const servers = new Set(counted.flatMap(({ server }) => (server === undefined ? [] : [server])));
  if (last === undefined || dispatcher.filter(({ seconds }) => seconds >= since).length < 2)
    throw new UserError(
      "the window holds no two scrapes of a measuring dispatcher: wait for the warm-up, or widen --window",
    );
  if (servers.size < experiment.system.servers) {
    throw new UserError(
      `metrics of ${servers.size} of ${experiment.system.servers} servers were scraped: let every node serve its own (--node-metrics)`,
    );
  }
  const run = new Run(experiment, {
    warmUpTime: 0,
    measuringTime: Number.POSITIVE_INFINITY,
    familyConfidence,
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
      run.fault(
        scrape.server === undefined ? "the dispatcher was started again" : `server ${scrape.server} was started again`,
      );
    if (scrape.server === undefined) playDispatcher(run, scrape, time(scrape.seconds), timeUnitSeconds, connected);
    else run.observeServer(scrape.server, serverTotals(scrape, timeUnitSeconds), rateOf(scrape));
  }
  const of = (name: MetricName): number => last.values.get(name) ?? 0;
  return {
    run,
    measuredTime: time(last.seconds),
    jobs: {
      offered: of("equipoise_jobs_offered_total"),
      blocked: of("equipoise_jobs_blocked_total"),
      completed: of("equipoise_jobs_completed_total"),
      lost: of("equipoise_jobs_lost_total"),
      inFlight: of("equipoise_jobs_in_flight"),
      retried: of("equipoise_jobs_retried_total"),
      duplicates: of("equipoise_jobs_duplicate_total"),
    },
  };
}

/** All series of one process and one moment together, in the order of time. */
function scrapesOf(series: readonly Series[]): Scrape[] {
  const scrapes = new Map<string, Scrape>();
  for (const { name, labels, samples } of series) {
    const server = labels.server === undefined ? undefined : Number(labels.server);
    const key = labels.level === undefined ? name : `${name}/${labels.class}/${labels.level}`;
    for (const { seconds, value } of samples) {
      const id = `${seconds}/${server}`;
      const scrape = scrapes.get(id) ?? { seconds, server, values: new Map() };
      scrape.values.set(key, value);
      scrapes.set(id, scrape);
    }
  }
  return [...scrapes.values()].sort((a, b) => a.seconds - b.seconds);
}

/** When the dispatcher last began to measure; Infinity if it does not. */
function measuringSince(dispatcher: readonly Scrape[]): number {
  const before = dispatcher.findLastIndex(({ values }) => values.get("equipoise_run_measuring") !== 1);
  return dispatcher[before + 1]?.seconds ?? Number.POSITIVE_INFINITY;
}

/** A counter that falls belongs to a process that was started again. */
function wentBack(before: Scrape, after: Scrape): boolean {
  return [...after.values].some(([key, value]) => /_total(?:\/|$)/.test(key) && value < (before.values.get(key) ?? 0));
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
  run.tick(now, fleetView(scrape, run.experiment.system.classNames, timeUnitSeconds));
  if (of("equipoise_servers") !== connected)
    run.fault("servers came or went in the window; start again with a quiet fleet");
  if (of("equipoise_run_void") === 1) run.fault("the dispatcher says that the run is void; its page says why");
}

function refuseSingleServers(): never {
  throw new UserError("this scenario measures single queues, which no metric of the dispatcher holds");
}

function fleetView({ values }: Scrape, classNames: readonly string[], timeUnitSeconds: number): FleetView {
  const of = (name: MetricName): number => values.get(name) ?? 0;
  return {
    totals: {
      offered: of("equipoise_jobs_offered_total"),
      blocked: of("equipoise_jobs_blocked_total"),
      completed: of("equipoise_jobs_completed_total"),
      lost: of("equipoise_jobs_lost_total"),
      retried: of("equipoise_jobs_retried_total"),
      duplicates: of("equipoise_jobs_duplicate_total"),
      waited: of("equipoise_jobs_waited_total"),
      heldUp: of("equipoise_jobs_held_up_total"),
      sojournTime: of("equipoise_sojourn_seconds_total") / timeUnitSeconds,
      messageDelay: of("equipoise_message_delay_seconds_total") / timeUnitSeconds,
    },
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
  };
}

function rateOf({ values }: Scrape): Rate {
  return values.get("equipoise_server_service_rate" satisfies MetricName) ?? 0;
}
