import type { SystemModel } from "../../experiments/scenario.js";
import { formatInitialRates, ratesOfServers } from "../../model/initial-rates.js";
import { serverModelOf } from "../../model/server-model.js";
import { delaysOfServer } from "./node-places.js";

/** Wall-clock time between two reports of a node: an epoch at the default time unit. */
export const REPORT_SECONDS = 0.25;

/** What a server node knows of the system, as flags: its own servers, which are equally far from the dispatchers, and no others. */
export function nodeFlags(system: SystemModel, first: number, count: number): string[] {
  const { server, classNames, classOf } = system;
  const { rateControl, initialRates, services, abandonAfter } = server;
  const models = Array.from({ length: count }, (_, k) => serverModelOf(system, first + k));
  const classes = Array.from({ length: count }, (_, k) => classNames[classOf(first + k)]);
  return [
    ...["--servers", String(count), "--first-server", String(first)],
    ...["--buffer", oneOrEach(models.map(({ buffer }) => (Number.isFinite(buffer) ? buffer : "infinite")))],
    ...["--rate-control", rateControl.kind],
    ...["--initial-rates", formatInitialRates(ratesOfServers(initialRates, first, count))],
    ...["--discipline", oneOrEach(models.map(({ discipline }) => discipline))],
    ...["--workers", oneOrEach(models.map(({ workers = 1 }) => workers))],
    ...(abandonAfter === undefined ? [] : ["--abandon-after", String(abandonAfter)]),
    ...delayFlags(delaysOfServer(system, first)),
    ...(services === undefined ? [] : ["--services", services]),
    ...(classNames.length === 1 ? [] : ["--classes", classes.join(",")]),
    ...(rateControl.kind === "fixed" ? [] : ["--cost-g", rateControl.costG, "--cost-h", rateControl.costH]),
    ...(rateControl.kind === "fixed" ? [] : ["--inverse-step", String(rateControl.inverseStep)]),
    ...["--report-every", `${REPORT_SECONDS}s`],
  ];
}

/** @param delays by dispatcher */
function delayFlags(delays: readonly string[]): string[] {
  if (delays.every((delay) => delay === "none")) return [];
  return ["--message-delay", delays.every((delay) => delay === delays[0]) ? delays[0] : delays.join(";")];
}

/** The value that all have, or the value of each. */
function oneOrEach(values: readonly (string | number)[]): string {
  return values.every((value) => value === values[0]) ? String(values[0]) : values.join(",");
}

/** What a load generator knows of the system, as flags. */
export function generatorFlags(system: SystemModel): string[] {
  const { totalArrivalRate, arrivalSchedule, backlog, graph, keys = 1, slots, arrivals, sizes } = system;
  return [
    ...["--arrival-rate", String(totalArrivalRate), "--backlog", String(backlog)],
    ...(arrivalSchedule === undefined ? [] : ["--schedule", arrivalSchedule]),
    ...(graph === undefined ? ["--keys", String(keys)] : ["--task-types", String(graph.taskTypes)]),
    ...(slots === undefined ? [] : ["--arrivals", `slots:${slots.arrivals.text}`]),
    ...(arrivals === undefined ? [] : ["--arrivals", arrivals.text]),
    ...(arrivals?.trace === undefined ? [] : ["--repeat-trace"]),
    ...(sizes === undefined ? [] : ["--sizes", sizes.name]),
  ];
}
