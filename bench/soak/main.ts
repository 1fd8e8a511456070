import { Command } from "commander";
import { plainFlag, readFlags, text } from "../../live/processes/flags.js";
import { parseSeconds } from "../../live/units.js";
import { soakWithFaults } from "./faults.js";
import { soakBesideHostility } from "./hostility.js";
import { soakInOverload } from "./overload.js";

const flags = readFlags<{ duration: number; seed: string; overload?: true; hostile?: true }>(
  new Command("soak")
    .description("Soak test: a steady load while processes are killed and stopped at random, or a load of three.")
    .addOption(plainFlag("--duration <time>", "duration", parseSeconds, "10m"))
    .addOption(plainFlag("--seed <text>", "seed of the faults", text, "1"))
    .option("--overload", "no faults, but three times the load that the servers can serve")
    .option("--hostile", "beside a storm of readers and a hostile peer; then sojourn times with these and without"),
);
const { duration, seed, overload, hostile = false } = flags;
const reports = [await (overload ? soakInOverload(duration) : soakWithFaults(duration, seed, hostile))];
if (hostile) reports.push(await soakBesideHostility(seed));
const problems = [...new Set(reports.flatMap((report) => report.problems))].slice(0, 5);
const lines = reports.flatMap((report) => report.lines);
process.stdout.write(`${[...lines, ...(problems.length === 0 ? ["no problems"] : problems)].join("\n")}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
