import { readFileSync, writeFileSync } from "node:fs";
import type { Figure, Panel } from "../../figures/figure.js";
import { renderSvg } from "../../figures/svg.js";
import { simulate } from "../../simulator/simulation.js";
import { digits, markdownTable, median, quantile, spread } from "../measure.js";
import { type BalancerResult, FLEETS, MEASURED_SECONDS, TIME_UNIT_SECONDS, WARM_UP_SECONDS } from "./results.js";

/**
 * Tables and a plot of the results of main.ts, with the mean waiting times of the same policy in simulated runs of the same
 * length without message delay: `node dist/bench/balancers/report.js RESULTS.json [PLOT.svg]`.
 */

const SIMULATED_RUNS = 400;

const [file, plot] = process.argv.slice(2);
const results = JSON.parse(readFileSync(file, "utf8")) as BalancerResult[];
/** All runs of one subject in one setting. */
const runsOf = (subject: string, fleet: string, load: number): BalancerResult[] =>
  results.filter((one) => one.subject === subject && one.fleet === fleet && one.arrivalRate === load);
const isValid = ({ whyVoid }: BalancerResult): boolean => whyVoid === null;
const fleets = [...new Set(results.map(({ fleet }) => fleet))];
const loads = [...new Set(results.map(({ arrivalRate }) => arrivalRate))].sort((a, b) => a - b);
const subjects = [...new Set(results.map(({ subject }) => subject))];

/** The policy equivalent to a balancer's algorithm; none if servers differ, because of the balancer's weights. */
function policyOf(subject: string, fleet: string): string | undefined {
  const [balancer, ...words] = subject.split(" ");
  const method = words.join(" ");
  if (balancer === "equipoise") return method;
  if (fleet !== "equal") return undefined;
  if (method.startsWith("random")) return "jsq-d";
  return method === "roundrobin" ? "round-robin" : "jsq";
}

const simulatedWaits = new Map<string, string>();

/** Mean waiting times of simulated runs: the median, and the 5 % and 95 % quantiles. */
function simulatedWait(policy: string, fleet: string, load: number): string {
  const key = `${policy} ${fleet} ${load}`;
  const known = simulatedWaits.get(key);
  if (known !== undefined) return known;
  const input = {
    scenario: "fleet",
    settings: {
      servers: String(FLEETS[fleet].length),
      arrivalRate: String(load),
      initialRates: `list:${FLEETS[fleet].join(",")}`,
      policy,
    },
    seed: "1",
    familyConfidence: 0.95,
    warmUpTime: WARM_UP_SECONDS / TIME_UNIT_SECONDS,
    measuringTime: MEASURED_SECONDS / TIME_UNIT_SECONDS,
  };
  const waits = Array.from(
    { length: SIMULATED_RUNS },
    (_, i) => simulate({ ...input, replication: 1 + i }).estimates.mean_waiting_time.value,
  );
  const text = `${digits(median(waits))} [${digits(quantile(waits, 0.05))}, ${digits(quantile(waits, 0.95))}]`;
  simulatedWaits.set(key, text);
  return text;
}

function table(fleet: string, load: number): string {
  const rows: string[][] = [];
  for (const subject of subjects) {
    const runs = runsOf(subject, fleet, load);
    if (runs.length === 0) continue;
    const valid = runs.filter(isValid);
    const of = (read: (run: BalancerResult) => number): string => (valid.length === 0 ? "" : spread(valid.map(read)));
    const policy = policyOf(subject, fleet);
    rows.push([
      subject,
      of(({ meanWait }) => meanWait),
      policy === undefined ? "" : simulatedWait(policy, fleet, load),
      of(({ sojournP50 }) => sojournP50),
      of(({ sojournP99 }) => sojournP99),
      String(valid.reduce((sum, { blocked, lost }) => sum + blocked + lost, 0)),
      of(({ cpuMicrosecondsPerJob }) => cpuMicrosecondsPerJob),
      ...[runs.length === valid.length ? "" : whyVoid(runs)],
    ]);
  }
  const header = ["", "mean wait", "simulated", "sojourn p50", "sojourn p99", "blocked or lost", "CPU us/job", ""];
  return `${fleet}, lambda = ${load}\n\n${markdownTable(header, rows)}\n`;
}

function whyVoid(runs: readonly BalancerResult[]): string {
  const late = runs.filter((run) => !isValid(run)).map(({ scheduleLag }) => scheduleLag);
  return `${late.length} of ${runs.length} void: sent ${Math.max(...late).toFixed(2)} late on average`;
}

function panel(fleet: string): Panel {
  return {
    title: fleet,
    x: { label: "", unit: "", scale: "linear", names: subjects },
    y: { label: "mean wait at the servers", unit: "time units", scale: "log" },
    series: loads.map((load) => ({
      quantity: `lambda = ${load}`,
      role: "live",
      points: subjects.flatMap((subject, i) => {
        const waits = runsOf(subject, fleet, load).filter(isValid);
        return waits.length === 0 ? [] : [{ x: 1 + i, y: median(waits.map(({ meanWait }) => meanWait)) }];
      }),
    })),
  };
}

for (const fleet of fleets) {
  for (const load of loads) process.stdout.write(`${table(fleet, load)}\n`);
}
if (plot !== undefined) {
  const figure: Figure = {
    id: "bench/balancers",
    title: "Our policies and those of HAProxy and nginx in front of the same servers",
    source: "bench/balancers",
    caption: "Medians over runs with common random arrivals and works; void runs are left out.",
    claim: "",
    parameters: { servers: "10" },
    seed: [...new Set(results.map(({ seed }) => seed))].join(", "),
    confidence: 0.99,
    panels: fleets.map(panel),
    tables: [],
  };
  writeFileSync(plot, await renderSvg(figure, "light"));
}
