import { Command } from "commander";
import { plainFlag, readFlags, text } from "../../live/flags.js";
import { parseSeconds } from "../../live/units.js";
import { soakWithFaults } from "./faults.js";
import { soakInOverload } from "./overload.js";

/** What came of a soak: what to say of it, and what went wrong. */
export interface SoakReport {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

const flags = readFlags<{ duration: number; seed: string; overload?: true }>(
  new Command("soak")
    .description(
      "A steady load for a long time while processes are killed and stopped at random; or three times as much as fits.",
    )
    .addOption(plainFlag("--duration <time>", "how long", parseSeconds, "10m"))
    .addOption(plainFlag("--seed <text>", "of the faults", text, "1"))
    .option("--overload", "no faults, but three times as many jobs as the servers can serve"),
);
const report = await (flags.overload ? soakInOverload(flags.duration) : soakWithFaults(flags.duration, flags.seed));
const problems = [...new Set(report.problems)].slice(0, 5);
process.stdout.write(`${[...report.lines, ...(problems.length === 0 ? ["no problem"] : problems)].join("\n")}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
