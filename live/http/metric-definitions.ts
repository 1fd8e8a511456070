/** The kinds of processes that serve metrics. */
export type MetricSource = "dispatcher" | "server-node" | "load-generator";

/** One metric, as listed in docs/metrics.md and in the HELP and TYPE lines of /metrics. */
export interface MetricDefinition {
  readonly type: "counter" | "gauge";
  readonly source: MetricSource;
  /** Unit of its values; "" for a pure number. */
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
 * Every metric of the project, by name. Counters are totals since the process started; everything that a scenario
 * measures follows from differences between two scrapes (cli/prometheus-verify.ts).
 */
export const METRICS = {
  equipoise_run_info: gauge("dispatcher", "", "1; the labels identify the run, and this one of its dispatchers.", [
    ...["scenario", "policy", "phase", "seed", "version", "dispatchers", "dispatcher", "views"],
  ]),
  equipoise_run_parameter: gauge("dispatcher", "", "1; the labels give a parameter of the scenario and its value.", [
    ...["name", "value"],
  ]),
  equipoise_run_measuring: gauge("dispatcher", "", "1 during and after measurement, 0 before."),
  equipoise_run_elapsed_seconds: gauge("dispatcher", "seconds", "Time since the fleet was complete."),
  equipoise_run_warmup_seconds: gauge(
    "dispatcher",
    "seconds",
    "Time from the complete fleet to the start of measurement.",
  ),
  equipoise_run_void: gauge("dispatcher", "", "1 if the run is void."),
  equipoise_run_verdict: gauge("dispatcher", "", "1 for the current verdict on the whole run.", ["verdict"]),
  equipoise_run_last_event_seconds: gauge(
    "dispatcher",
    "seconds",
    "When the last event of each kind happened, since the fleet was complete; the label says what it was.",
    ["kind", "text"],
  ),
  equipoise_run_events_total: counter("dispatcher", "events", "Events of the run, by kind: phase, control, fault.", [
    "kind",
  ]),
  equipoise_time_unit_seconds: gauge("dispatcher", "seconds", "Length of one unit of model time."),
  equipoise_servers: gauge("dispatcher", "servers", "Servers connected."),
  equipoise_servers_expected: gauge("dispatcher", "servers", "Servers that the scenario requires."),
  equipoise_jobs_offered_total: counter("dispatcher", "jobs", "Jobs that load generators sent."),
  equipoise_jobs_blocked_total: counter("dispatcher", "jobs", "Jobs that no server accepted."),
  equipoise_jobs_completed_total: counter("dispatcher", "jobs", "Jobs served."),
  equipoise_jobs_timed_out_total: counter("dispatcher", "jobs", "Jobs whose clients had given up, served or not."),
  equipoise_jobs_lost_total: counter("dispatcher", "jobs", "Jobs of lost servers that no other server accepted."),
  equipoise_jobs_poisonous_total: counter(
    "dispatcher",
    "jobs",
    "Of the lost jobs, those on which two servers in a row died.",
  ),
  equipoise_jobs_retried_total: counter(
    "dispatcher",
    "times",
    "Times that a job moved to another server because its own was lost.",
  ),
  equipoise_jobs_duplicate_total: counter(
    "dispatcher",
    "jobs",
    "Jobs resent by a load generator although a server had already reported them; counted once.",
  ),
  equipoise_protocol_offences_total: counter(
    "dispatcher",
    "connections",
    "Connections closed because the peer broke the protocol.",
  ),
  equipoise_jobs_waited_total: counter("dispatcher", "jobs", "Jobs sent to a busy server."),
  equipoise_jobs_held_up_total: counter(
    "dispatcher",
    "jobs",
    "Completed jobs delayed by over 0.2 time units by messages and timers.",
  ),
  equipoise_job_work_total: counter("dispatcher", "", "Sum of the sizes of offered jobs, in model time at rate 1."),
  equipoise_job_squared_work_total: counter("dispatcher", "", "Sum of the squared sizes of offered jobs."),
  equipoise_jobs_in_flight: gauge("dispatcher", "jobs", "Jobs that servers hold."),
  equipoise_sojourn_seconds_total: counter(
    "dispatcher",
    "seconds",
    "Sum over completed jobs of the time from submission to completion, as the dispatcher sees it.",
  ),
  equipoise_message_delay_seconds_total: counter(
    "dispatcher",
    "seconds",
    "Sum over completed jobs of the delay by messages and late timers, during which an idle server counts as busy.",
  ),
  equipoise_asked_delay_seconds_total: counter(
    "dispatcher",
    "seconds",
    "The part of equipoise_message_delay_seconds_total that messages have on purpose, on average: the delay of the fleet.",
  ),
  equipoise_time_at_server_seconds_bucket: counter(
    "dispatcher",
    "jobs",
    "Served jobs that were at their server for at most `le`, as histograms have them (`histogram_quantile`); of all, and of each group that percentilesBy tells apart. Scenario fleet only.",
    ["jobs", "le"],
  ),
  equipoise_waiting_time_seconds_bucket: counter(
    "dispatcher",
    "jobs",
    "The same of the times that they waited at their server.",
    ["jobs", "le"],
  ),
  equipoise_queue_servers: gauge("dispatcher", "servers", "Servers with at least `level` jobs, by class.", [
    ...["class", "level"],
  ]),
  equipoise_class_servers: gauge("dispatcher", "servers", "Servers of each class that the scenario requires.", [
    "class",
  ]),
  equipoise_queue_server_seconds_total: counter(
    "dispatcher",
    "server seconds",
    "Integral over time of equipoise_queue_servers. Divided by servers and time: the fraction of servers with at least `level` jobs.",
    ["class", "level"],
  ),
  equipoise_policy_messages_total: counter(
    "dispatcher",
    "messages",
    "Messages of the policy other than the jobs themselves.",
  ),
  equipoise_policy_bits_per_server: gauge("dispatcher", "bits", "State that the policy keeps per server."),
  equipoise_policy_threshold_jobs: gauge(
    "dispatcher",
    "jobs",
    "Threshold of each class of servers, of a policy that sends jobs by thresholds.",
    ["class"],
  ),
  equipoise_policy_tokens: gauge(
    "dispatcher",
    "servers",
    "Of such a policy: servers with a token, which is green below the threshold, and yellow where the class to be filled next is not above it.",
    ["colour"],
  ),
  equipoise_policy_learned: gauge("dispatcher", "", "Current value of the parameter that a policy learns."),
  equipoise_schedule_jobs_total: counter("dispatcher", "jobs", "Jobs sent, as reported by load generators."),
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
    "Time in which load generators were not read because server nodes did not keep up (back-pressure).",
  ),
  equipoise_schedule_lag_seconds: gauge("dispatcher", "seconds", "Mean lag of the jobs sent while measuring."),
  equipoise_delivery_lateness_seconds: gauge("dispatcher", "seconds", "Mean lateness of completions at the nodes."),
  equipoise_view_age_seconds: gauge(
    "dispatcher",
    "seconds",
    "With several dispatchers: mean transit time of a server's queue length report.",
  ),
  equipoise_view_error_jobs: gauge(
    "dispatcher",
    "jobs",
    "With several dispatchers: mean absolute difference between the queue length a job found and the one its dispatcher assumed.",
  ),
  equipoise_view_wrong_fraction: gauge(
    "dispatcher",
    "",
    "With several dispatchers: fraction of jobs that found a different queue length than their dispatcher assumed.",
  ),
  equipoise_fleet_service_rate: gauge(
    "dispatcher",
    "per time unit",
    "Service rates over the fleet at the last sample: mean, p05 and p95.",
    ["statistic"],
  ),
  equipoise_fleet_target_rate: gauge("dispatcher", "per time unit", "Rate to which all service rates should converge."),
  equipoise_measured: gauge("dispatcher", "of the quantity", "Measured value, in units of model time.", PER_QUANTITY),
  equipoise_measured_low: gauge(
    "dispatcher",
    "of the quantity",
    "Lower end of the joint confidence interval.",
    PER_QUANTITY,
  ),
  equipoise_measured_high: gauge(
    "dispatcher",
    "of the quantity",
    "Upper end of the joint confidence interval.",
    PER_QUANTITY,
  ),
  equipoise_prediction: gauge(
    "dispatcher",
    "of the quantity",
    "Predicted value, or the bound. The sharpest of each kind; status says whether the theorem covers the run.",
    [...PER_QUANTITY, "kind", "status"],
  ),
  equipoise_prediction_error: gauge("dispatcher", "of the quantity", "Error bound of that prediction.", [
    ...PER_QUANTITY,
    "kind",
    "status",
  ]),
  equipoise_verdict: gauge("dispatcher", "", "1 for the current verdict.", [...PER_QUANTITY, "verdict"]),

  equipoise_server_observed_seconds_total: counter("server-node", "seconds", "Time since the server started.", [
    "server",
  ]),
  equipoise_server_busy_seconds_total: counter("server-node", "seconds", "Busy time.", ["server"]),
  equipoise_server_idle_time_integral_seconds_squared_total: counter(
    "server-node",
    "seconds squared",
    "Integral over time of the idle time that enters the rate rule.",
    ["server"],
  ),
  equipoise_server_work_done_total: counter(
    "server-node",
    "mean job sizes",
    "Work done, in units of the mean job size.",
    ["server"],
  ),
  equipoise_server_queue_length_seconds_total: counter(
    "server-node",
    "job seconds",
    "Integral over time of the queue length, jobs in service included.",
    ["server"],
  ),
  equipoise_server_waiting_seconds_total: counter(
    "server-node",
    "seconds",
    "Sum over jobs whose service has started of the time from acceptance to start of service.",
    ["server"],
  ),
  equipoise_server_services_begun_total: counter("server-node", "jobs", "Jobs whose service has started.", ["server"]),
  equipoise_server_jobs_completed_total: counter("server-node", "jobs", "Jobs served.", ["server"]),
  equipoise_server_jobs_abandoned_total: counter(
    "server-node",
    "jobs",
    "Jobs not served, because their clients had given up.",
    ["server"],
  ),
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
    "Jobs not sent, because there was no target or too many jobs were in flight.",
  ),
  equipoise_generator_jobs_completed_total: counter("load-generator", "jobs", "Jobs completed."),
  equipoise_generator_jobs_blocked_total: counter("load-generator", "jobs", "Jobs that no server accepted."),
  equipoise_generator_jobs_timed_out_total: counter("load-generator", "jobs", "Jobs whose clients had given up."),
  equipoise_generator_jobs_lost_total: counter("load-generator", "jobs", "Jobs lost."),
  equipoise_generator_schedule_lag_seconds_total: counter(
    "load-generator",
    "seconds",
    "Sum over jobs of actual minus intended send time.",
  ),
  equipoise_generator_sojourn_seconds_total: counter(
    "load-generator",
    "seconds",
    "Sum over completed jobs of the time from intended sending to notice of completion.",
  ),
  equipoise_generator_schedule_lag_max_seconds: gauge(
    "load-generator",
    "seconds",
    "Greatest lag of a job since the generator started.",
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;
