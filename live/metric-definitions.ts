/** The kinds of processes that serve metrics. */
export type MetricSource = "dispatcher" | "server-node" | "load-generator";

/** One metric, as docs/metrics.md lists it and every page of metrics announces it. */
export interface MetricDefinition {
  readonly type: "counter" | "gauge";
  readonly source: MetricSource;
  /** Of its values; "" for a pure number. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

function counter(source: MetricSource, unit: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { type: "counter", source, unit, labels, help };
}

function gauge(source: MetricSource, unit: string, help: string, labels: readonly string[] = []): MetricDefinition {
  return { type: "gauge", source, unit, labels, help };
}

const PER_QUANTITY = ["scenario", "quantity"];

/**
 * Every metric of the project, by name. Counters are totals since a process started; the difference of two scrapes is what
 * happened in between, and all that a scenario measures follows from such differences (cli/prometheus-verify.ts).
 */
export const METRICS = {
  equipoise_run_info: gauge("dispatcher", "", "1, with what runs as labels.", [
    ...["scenario", "policy", "phase", "seed", "version"],
  ]),
  equipoise_run_parameter: gauge("dispatcher", "", "1, with a parameter of the scenario and its value as labels.", [
    ...["name", "value"],
  ]),
  equipoise_run_measuring: gauge("dispatcher", "", "1 while the run measures or has finished, 0 before."),
  equipoise_run_elapsed_seconds: gauge("dispatcher", "seconds", "Time since the fleet was complete."),
  equipoise_run_void: gauge("dispatcher", "", "1 if the run is void."),
  equipoise_run_events_total: counter(
    "dispatcher",
    "events",
    "What happened to the run, by kind: phase, control, fault.",
    ["kind"],
  ),
  equipoise_time_unit_seconds: gauge("dispatcher", "seconds", "Length of one unit of model time."),
  equipoise_servers: gauge("dispatcher", "servers", "Servers connected."),
  equipoise_servers_expected: gauge("dispatcher", "servers", "Servers of the scenario."),
  equipoise_jobs_offered_total: counter("dispatcher", "jobs", "Jobs that load generators sent."),
  equipoise_jobs_blocked_total: counter("dispatcher", "jobs", "Jobs that no server took."),
  equipoise_jobs_completed_total: counter("dispatcher", "jobs", "Jobs that were served."),
  equipoise_jobs_lost_total: counter("dispatcher", "jobs", "Jobs of lost servers that no other took."),
  equipoise_jobs_retried_total: counter(
    "dispatcher",
    "times",
    "Times that a job went to another server, its own being lost.",
  ),
  equipoise_jobs_duplicate_total: counter(
    "dispatcher",
    "jobs",
    "Jobs sent again although a server had brought them along: counted once.",
  ),
  equipoise_protocol_offences_total: counter(
    "dispatcher",
    "connections",
    "Connections ended because the peer broke the protocol.",
  ),
  equipoise_jobs_waited_total: counter("dispatcher", "jobs", "Jobs sent to a server that already held one."),
  equipoise_jobs_held_up_total: counter(
    "dispatcher",
    "jobs",
    "Completed jobs whose messages and timers took over 0.2 time units.",
  ),
  equipoise_jobs_in_flight: gauge("dispatcher", "jobs", "Jobs that servers hold."),
  equipoise_sojourn_seconds_total: counter(
    "dispatcher",
    "seconds",
    "Sum over completed jobs of the time from submission to completion, as the dispatcher sees it.",
  ),
  equipoise_message_delay_seconds_total: counter(
    "dispatcher",
    "seconds",
    "Sum over completed jobs of the time for messages and late timers, in which a free server counts as busy.",
  ),
  equipoise_queue_servers: gauge("dispatcher", "servers", "Servers that hold at least so many jobs, by class.", [
    ...["class", "level"],
  ]),
  equipoise_queue_server_seconds_total: counter(
    "dispatcher",
    "server seconds",
    "Integral over time of equipoise_queue_servers. Over the servers and the time: the fraction with at least so many jobs.",
    ["class", "level"],
  ),
  equipoise_policy_messages_total: counter(
    "dispatcher",
    "messages",
    "What the policy has cost in messages besides the jobs.",
  ),
  equipoise_policy_bits_per_server: gauge("dispatcher", "bits", "What the policy keeps of each server."),
  equipoise_policy_learned: gauge("dispatcher", "", "What a policy that learns has learned so far."),
  equipoise_schedule_jobs_total: counter("dispatcher", "jobs", "Jobs that load generators say they sent."),
  equipoise_schedule_lag_seconds_total: counter(
    "dispatcher",
    "seconds",
    "Sum over these jobs of actual minus intended send time.",
  ),
  equipoise_schedule_held_up_total: counter(
    "dispatcher",
    "jobs",
    "Of these jobs, those sent over 0.2 time units late.",
  ),
  equipoise_schedule_held_back_seconds_total: counter(
    "dispatcher",
    "seconds",
    "Time in which load generators were not read, because server nodes did not read as fast as jobs came for them.",
  ),
  equipoise_schedule_lag_seconds: gauge("dispatcher", "seconds", "Mean lag of the jobs sent while measuring."),
  equipoise_delivery_lateness_seconds: gauge("dispatcher", "seconds", "Mean lateness of completions at the nodes."),
  equipoise_view_age_seconds: gauge(
    "dispatcher",
    "seconds",
    "With several dispatchers: mean time that a server's news of its queue was on its way.",
  ),
  equipoise_view_error_jobs: gauge(
    "dispatcher",
    "jobs",
    "With several dispatchers: by how much the queue that a job found differed from the one believed in, on average.",
  ),
  equipoise_view_wrong_fraction: gauge(
    "dispatcher",
    "",
    "With several dispatchers: part of the jobs that found another queue than the one believed in.",
  ),
  equipoise_fleet_service_rate: gauge(
    "dispatcher",
    "per time unit",
    "Service rates over the fleet at the last look: mean, p05 and p95.",
    ["statistic"],
  ),
  equipoise_fleet_target_rate: gauge("dispatcher", "per time unit", "What all rates should tend to."),
  equipoise_measured: gauge("dispatcher", "of the quantity", "Measured value, in units of model time.", PER_QUANTITY),
  equipoise_measured_low: gauge("dispatcher", "of the quantity", "Lower end of the joint interval.", PER_QUANTITY),
  equipoise_measured_high: gauge("dispatcher", "of the quantity", "Upper end of the joint interval.", PER_QUANTITY),
  equipoise_prediction: gauge(
    "dispatcher",
    "of the quantity",
    "Predicted value; for a bound, its limit. The sharpest of each kind; status says whether the theorem covers the run.",
    [...PER_QUANTITY, "kind", "status"],
  ),
  equipoise_prediction_error: gauge("dispatcher", "of the quantity", "How far that prediction may be off itself.", [
    ...PER_QUANTITY,
    "kind",
    "status",
  ]),
  equipoise_verdict: gauge("dispatcher", "", "1 for the verdict that holds.", [...PER_QUANTITY, "verdict"]),

  equipoise_server_observed_seconds_total: counter("server-node", "seconds", "Time since the server started.", [
    "server",
  ]),
  equipoise_server_busy_seconds_total: counter("server-node", "seconds", "Time in which it was serving.", ["server"]),
  equipoise_server_idle_time_integral_seconds_squared_total: counter(
    "server-node",
    "seconds squared",
    "Integral over time of the idle time that enters the rate rule.",
    ["server"],
  ),
  equipoise_server_work_done_total: counter("server-node", "mean works", "Work done, in units of a job's mean work.", [
    "server",
  ]),
  equipoise_server_queue_length_seconds_total: counter(
    "server-node",
    "job seconds",
    "Integral over time of the number of jobs held, in service included.",
    ["server"],
  ),
  equipoise_server_waiting_seconds_total: counter(
    "server-node",
    "seconds",
    "Sum over the jobs whose service has begun of the time from acceptance to its begin.",
    ["server"],
  ),
  equipoise_server_services_begun_total: counter("server-node", "jobs", "Jobs whose service has begun.", ["server"]),
  equipoise_server_jobs_completed_total: counter("server-node", "jobs", "Jobs served.", ["server"]),
  equipoise_server_service_rate: gauge("server-node", "per time unit", "Service rate.", ["server"]),
  equipoise_delivery_count_total: counter("server-node", "jobs", "Completions delivered."),
  equipoise_delivery_lateness_seconds_total: counter(
    "server-node",
    "seconds",
    "Sum over completions of delivery time minus due time.",
  ),
  equipoise_delivery_lateness_max_seconds: gauge(
    "server-node",
    "seconds",
    "Greatest lateness of a completion since the node started.",
  ),

  equipoise_generator_jobs_sent_total: counter("load-generator", "jobs", "Jobs sent to the dispatcher."),
  equipoise_generator_jobs_unsent_total: counter(
    "load-generator",
    "jobs",
    "Jobs that were due while there was no target, or too many were under way.",
  ),
  equipoise_generator_jobs_completed_total: counter("load-generator", "jobs", "Jobs that came back completed."),
  equipoise_generator_jobs_blocked_total: counter("load-generator", "jobs", "Jobs that no server took."),
  equipoise_generator_jobs_lost_total: counter("load-generator", "jobs", "Jobs that were lost."),
  equipoise_generator_schedule_lag_seconds_total: counter(
    "load-generator",
    "seconds",
    "Sum over jobs of actual minus intended send time.",
  ),
  equipoise_generator_sojourn_seconds_total: counter(
    "load-generator",
    "seconds",
    "Sum over completed jobs of the time from intended sending to the news of completion.",
  ),
  equipoise_generator_schedule_lag_max_seconds: gauge(
    "load-generator",
    "seconds",
    "Greatest lag of a job since the generator started.",
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;
