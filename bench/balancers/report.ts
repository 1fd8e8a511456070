import { readFileSync, writeFileSync } from "node:fs";
import type { Figure, Panel } from "../../figures/figure.js";
import { renderSvg } from "../../figures/svg.js";
import { markdownTable } from "../measure.js";
import type { BalancerResult } from "./main.js";

/** Tables and a plot of what main.ts has measured: `node dist/bench/balancers/report.js RESULTS.json [PLOT.svg]`. */

const [file, plot] = process.argv.slice(2);
const results = JSON.parse(readFileSync(file, "utf8")) as BalancerResult[];
const fleets = [...new Set(results.map(({ fleet }) => fleet))];
const loads = [...new Set(results.map(({ arrivalRate }) => arrivalRate))].sort((a, b) => a - b);
const subjects = [...new Set(results.map(({ subject }) => subject))];

function table(fleet: string, load: number): string {
  const rows = results
    .filter((result) => result.fleet === fleet && result.arrivalRate === load)
    .map((result) => [
      result.subject,
      result.meanWait.toFixed(2),
      result.sojournP50.toFixed(2),
      result.sojournP99.toFixed(1),
      String(result.blocked + result.lost),
      result.cpuMicrosecondsPerJob.toFixed(0),
      result.whyVoid === null ? "" : `void: sent ${result.scheduleLag.toFixed(2)} late on average`,
    ]);
  const header = ["", "mean wait", "sojourn p50", "sojourn p99", "blocked or lost", "CPU us/job", ""];
  return `${fleet}, lambda = ${load}\n\n${markdownTable(header, rows)}\n`;
}

function panel(fleet: string): Panel {
  return {
    title: fleet,
    x: { label: "jobs per server and time unit", unit: "", scale: "linear" },
    y: { label: "mean wait at the servers", unit: "time units", scale: "log" },
    series: subjects.map((subject) => ({
      quantity: subject,
      role: "live",
      mark: "line",
      points: results
        .filter((result) => result.fleet === fleet && result.subject === subject && result.whyVoid === null)
        .map(({ arrivalRate, meanWait }) => ({ x: arrivalRate, y: meanWait }))
        .sort((a, b) => a.x - b.x),
    })),
  };
}

process.stdout.write(fleets.flatMap((fleet) => loads.map((load) => table(fleet, load))).join("\n"));
if (plot !== undefined) {
  const figure: Figure = {
    id: "bench/balancers",
    title: "Our policies and those of HAProxy and nginx before the same servers",
    source: "bench/balancers",
    caption: "The same arrivals and works for all; runs that were void are left out.",
    claim: "",
    parameters: { servers: "10" },
    seed: "1",
    confidence: 0.99,
    panels: fleets.map(panel),
    tables: [],
  };
  writeFileSync(plot, await renderSvg(figure, "light"));
}
