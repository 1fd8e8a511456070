import { readFileSync, writeFileSync } from "node:fs";
import type { Figure, Panel } from "../../figures/figure.js";
import { renderSvg } from "../../figures/svg.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { replicate } from "../../simulator/replications.js";
import { markdownTable } from "../measure.js";
import { type BalancerResult, FLEETS } from "./results.js";

/**
 * Tables and a plot of what main.ts has measured, with the mean wait that the same policy has in virtual time, without any delay of
 * messages: `node dist/bench/balancers/report.js RESULTS.json [PLOT.svg]`.
 */

const REPLICATIONS = 8;

const [file, plot] = process.argv.slice(2);
const results = JSON.parse(readFileSync(file, "utf8")) as BalancerResult[];
const fleets = [...new Set(results.map(({ fleet }) => fleet))];
const loads = [...new Set(results.map(({ arrivalRate }) => arrivalRate))].sort((a, b) => a - b);
const subjects = [...new Set(results.map(({ subject }) => subject))];

/** The policy that a balancer's algorithm amounts to: where servers differ, weights make it one of their own. */
function policyOf(subject: string, fleet: string): string | undefined {
  const [balancer, ...words] = subject.split(" ");
  const method = words.join(" ");
  if (balancer === "equipoise") return method;
  if (fleet !== "equal") return undefined;
  if (method.startsWith("random")) return "jsq-d";
  return method === "roundrobin" ? "round-robin" : "jsq";
}

const simulatedWaits = new Map<string, string>();

/** The mean wait in virtual time, with its interval. */
async function simulatedWait(policy: string, fleet: string, load: number): Promise<string> {
  const key = `${policy} ${fleet} ${load}`;
  const known = simulatedWaits.get(key);
  if (known !== undefined) return known;
  const rates = FLEETS[fleet].join(",");
  const settings = {
    servers: String(FLEETS[fleet].length),
    arrivalRate: String(load),
    initialRates: `list:${rates}`,
    policy,
  };
  const input = { scenario: "balancer", settings, seed: "1", familyConfidence: 0.95 };
  const { quantities } = await replicate(input, { replications: REPLICATIONS }, inlineRunner);
  const wait = quantities.find(({ name }) => name === "mean_waiting_time");
  const text = `${wait?.measured?.toFixed(2)} [${wait?.ciLow?.toFixed(2)}, ${wait?.ciHigh?.toFixed(2)}]`;
  simulatedWaits.set(key, text);
  return text;
}

async function table(fleet: string, load: number): Promise<string> {
  const rows: string[][] = [];
  for (const result of results.filter((one) => one.fleet === fleet && one.arrivalRate === load)) {
    const policy = policyOf(result.subject, fleet);
    rows.push([
      result.subject,
      result.meanWait.toFixed(2),
      policy === undefined ? "" : await simulatedWait(policy, fleet, load),
      result.sojournP50.toFixed(2),
      result.sojournP99.toFixed(1),
      String(result.blocked + result.lost),
      result.cpuMicrosecondsPerJob.toFixed(0),
      result.whyVoid === null ? "" : `void: sent ${result.scheduleLag.toFixed(2)} late on average`,
    ]);
  }
  const header = ["", "mean wait", "simulated", "sojourn p50", "sojourn p99", "blocked or lost", "CPU us/job", ""];
  return `${fleet}, lambda = ${load}\n\n${markdownTable(header, rows)}\n`;
}

function panel(fleet: string): Panel {
  return {
    title: fleet,
    x: { label: "", unit: "", scale: "linear", names: subjects },
    y: { label: "mean wait at the servers", unit: "time units", scale: "log" },
    series: loads.map((load) => ({
      quantity: `lambda = ${load}`,
      role: "live",
      points: results
        .filter((result) => result.fleet === fleet && result.arrivalRate === load && result.whyVoid === null)
        .map(({ subject, meanWait }) => ({ x: 1 + subjects.indexOf(subject), y: meanWait }))
        .sort((a, b) => a.x - b.x),
    })),
  };
}

for (const fleet of fleets) {
  for (const load of loads) process.stdout.write(`${await table(fleet, load)}\n`);
}
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
