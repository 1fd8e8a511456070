import { HERE, type PanelOptions } from "./panels.js";
import { PREDICTION_NAME } from "./styles.js";

/** What tells how several dispatchers see the servers that they share. */
export function severalDispatchers(): PanelOptions[] {
  const noValue = "only with --dispatchers 2 or more";
  return [
    {
      title: "Age of the dispatchers' views",
      description: "With several dispatchers: how long what a server tells of its queue is on the way.",
      unit: "s",
      min: 0,
      queries: [{ expression: `equipoise_view_age_seconds{${HERE}}`, legend: "{{instance}}" }],
      ...{ width: 8, noValue },
    },
    {
      title: "Error of the dispatchers' views",
      description:
        "With several dispatchers: mean difference between the queue length that a job finds and the one assumed.",
      unit: "suffix:jobs",
      min: 0,
      queries: [{ expression: `equipoise_view_error_jobs{${HERE}}`, legend: "{{instance}}" }],
      ...{ width: 8, noValue },
    },
    {
      title: "Jobs sent by a wrong view",
      description:
        "With several dispatchers: fraction of jobs that find another queue length than their dispatcher assumed.",
      unit: "percentunit",
      ...{ min: 0, max: 1 },
      queries: [{ expression: `equipoise_view_wrong_fraction{${HERE}}`, legend: "{{instance}}" }],
      ...{ width: 8, noValue },
    },
  ];
}

/** What the servers of each class have to do. */
export function byClass(): PanelOptions[] {
  const perServer = (queues: string): string =>
    `sum by (instance, class) (rate(equipoise_queue_server_seconds_total{${queues}}[$__rate_interval])) ` +
    `/ on (instance, class) equipoise_class_servers{${HERE}}`;
  return [
    {
      title: "Jobs at a server, by class",
      description: "Mean number of jobs at a server of each class, those in service included.",
      unit: "suffix:jobs",
      min: 0,
      queries: [{ expression: perServer(HERE), legend: "{{class}}" }],
    },
    {
      title: "Busy servers, by class",
      description: "Fraction of the servers of each class that have at least one job.",
      unit: "percentunit",
      ...{ min: 0, max: 1 },
      queries: [{ expression: perServer(`level="1", ${HERE}`), legend: "{{class}}" }],
    },
  ];
}

/** What a policy that sends tasks by thresholds has come to. */
export function thresholds(): PanelOptions[] {
  const noValue = "only with policy=slta";
  const panel = { min: 0, width: 8, noValue };
  return [
    {
      ...panel,
      title: "Learned rank",
      description: "The rank r from which the thresholds of all classes follow: it converges to r*.",
      unit: "none",
      queries: [
        { expression: `equipoise_policy_learned{${HERE}}`, legend: "r", style: "measured" },
        {
          expression: `equipoise_prediction{scenario="utility", quantity="mean_rank", ${HERE}}`,
          legend: PREDICTION_NAME,
          style: "predicted",
        },
      ],
    },
    {
      ...panel,
      title: "Thresholds",
      description: "The threshold of each class: pools below it are filled first.",
      unit: "suffix:tasks",
      queries: [{ expression: `equipoise_policy_threshold_jobs{${HERE}}`, legend: "{{class}}" }],
    },
    {
      ...panel,
      title: "Tokens",
      description:
        "Pools with a token: green below the threshold of their class, yellow where the class to be filled next is not above it.",
      unit: "suffix:pools",
      queries: [{ expression: `equipoise_policy_tokens{${HERE}}`, legend: "{{colour}}" }],
    },
  ];
}
