import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FAMILY_CONFIDENCE } from "../../experiments/evidence.js";
import { UserError } from "../../model/errors.js";
import { studentQuantile } from "../../model/statistics/interval.js";
import { simulate } from "../../simulator/simulation.js";
import { digits, markdownTable } from "../measure.js";

/**
 * Live systems of several dispatchers beside twins with the message delay that was measured, policy by policy: each quantity should be like one
 * more draw of the twins. `node dist/bench/dispatcher/several.js [TIME_UNITS] [POLICY...]`
 */

const DISPATCHERS = 4;
const SERVERS = 20;
const WARM_UP = 50;
const TIME_UNIT = "150ms";
const TWINS = 24;
const QUANTITIES = ["mean_queue_length", "mean_waiting_time", "mean_sojourn_time", "busy_fraction"] as const;
/** Of every single comparison. */
const CONFIDENCE = 0.999;

const measuringTime = Number(process.argv[2] ?? 1000);
if (!(measuringTime > 0)) throw new UserError(`${process.argv[2]} is no number of time units`);
const given = process.argv.slice(3);
const policies = given.length > 0 ? given : ["jsq", "jiq", "jsq-d", "jfsq", "round-robin"];

/** What is read of the result of a live run (docs/result.schema.json). */
interface Result {
  readonly quantities: readonly { readonly name: string; readonly measured: number | null }[];
  readonly conditions: { readonly messageDelay: number } | null;
  readonly whyVoid: string | null;
}

/** Half of the servers are faster than the others. */
const settingsOf = (policy: string): Record<string, string> => ({
  ...{ servers: String(SERVERS), policy, load: "0.6" },
  initialRates: `list:${Array.from({ length: SERVERS }, (_, i) => (i % 2 === 0 ? 1.2 : 0.8)).join(",")}`,
});

async function live(policy: string): Promise<Result> {
  const main = fileURLToPath(new URL("../../cli/main.js", import.meta.url));
  const set = Object.entries(settingsOf(policy)).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const times = ["--time-unit", TIME_UNIT, "--warmup", `${WARM_UP}u`, "--duration", `${measuringTime}u`];
  const flags = ["--live", ...set, "--dispatchers", String(DISPATCHERS), "--processes", "5", ...times, "--json", "-"];
  // The exit code is that of the verdict, which is not what is asked here.
  const run = promisify(execFile)(process.execPath, [main, "verify", "fleet", ...flags], { maxBuffer: 2 ** 26 });
  const { stdout } = await run.catch((failure: { stdout: string; stderr: string }) => failure);
  return JSON.parse(stdout) as Result;
}

/** By quantity, what each twin measures. */
function twins(policy: string, messageDelay: number): Map<string, number[]> {
  const runs = Array.from({ length: TWINS }, (_, twin) =>
    simulate({
      ...{ scenario: "fleet", settings: settingsOf(policy), seed: "1", dispatchers: DISPATCHERS },
      // The first has the very randomness of the live run.
      replication: 2 + twin,
      ...{ warmUpTime: WARM_UP, measuringTime, familyConfidence: FAMILY_CONFIDENCE },
      // There and back again.
      messageDelay: { law: "exponential", mean: messageDelay / 2 },
    }),
  );
  return new Map(QUANTITIES.map((name) => [name, runs.map(({ estimates }) => estimates[name].value)]));
}

/** How far a quantity is from the mean of its twins, in multiples of how far one more draw may be. */
function distance(measured: number, values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const reach =
    studentQuantile((1 + CONFIDENCE) / 2, values.length - 1) * Math.sqrt(variance * (1 + 1 / values.length));
  return Math.abs(measured - mean) / reach;
}

const rows: string[][] = [];
for (const policy of policies) {
  const { quantities, conditions, whyVoid } = await live(policy);
  const messageDelay = conditions?.messageDelay ?? 0;
  const found = twins(policy, messageDelay);
  const cells = QUANTITIES.map((name) => {
    const measured = quantities.find((quantity) => quantity.name === name)?.measured ?? Number.NaN;
    const values = found.get(name) ?? [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return `${digits(measured)} (${digits(mean)}, ${distance(measured, values) < 1 ? "agrees" : "DIFFERS"})`;
  });
  rows.push([policy, digits(messageDelay), ...cells, whyVoid ?? "-"]);
  process.stderr.write(`${rows.at(-1)?.join(" | ")}\n`);
}
const header = [
  `${DISPATCHERS} dispatchers`,
  "message delay",
  ...QUANTITIES.map((name) => `${name} (twins)`),
  "void because",
];
process.stdout.write(`${markdownTable(header, rows)}\n`);
