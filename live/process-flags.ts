import { formatInitialRates, ratesOfServers } from "../model/initial-rates.js";
import type { SystemModel } from "../scenarios/scenario.js";

/** Wall-clock time between two reports of a node: one epoch of the default time unit. */
export const REPORT_SECONDS = 0.25;

/** What a server node is told of the system, as flags: its own servers, and nothing of others. */
export function nodeFlags({ server, classNames, classOf }: SystemModel, first: number, count: number): string[] {
  const { rateControl, buffer, initialRates, discipline, services } = server;
  const classes = Array.from({ length: count }, (_, k) => classNames[classOf(first + k)]);
  return [
    ...["--servers", String(count), "--first-server", String(first)],
    ...["--buffer", Number.isFinite(buffer) ? String(buffer) : "infinite"],
    ...["--rate-control", rateControl.kind],
    ...["--initial-rates", formatInitialRates(ratesOfServers(initialRates, first, count))],
    ...["--discipline", discipline],
    ...(services === undefined ? [] : ["--services", services]),
    ...(classNames.length === 1 ? [] : ["--classes", classes.join(",")]),
    ...(rateControl.kind === "fixed" ? [] : ["--cost-g", rateControl.costG, "--cost-h", rateControl.costH]),
    ...(rateControl.kind === "fixed" ? [] : ["--inverse-step", String(rateControl.inverseStep)]),
    ...["--report-every", `${REPORT_SECONDS}s`],
  ];
}

/** What a load generator is told of the system, as flags. */
export function generatorFlags(system: SystemModel): string[] {
  const { totalArrivalRate, arrivalSchedule, backlog, graph, slots } = system;
  return [
    ...["--arrival-rate", String(totalArrivalRate), "--backlog", String(backlog)],
    ...(arrivalSchedule === undefined ? [] : ["--schedule", arrivalSchedule]),
    ...["--task-types", String(graph?.taskTypes ?? 1)],
    ...(slots === undefined ? [] : ["--arrivals", `slots:${slots.arrivals.text}`]),
  ];
}
