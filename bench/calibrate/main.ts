import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { plainFlag, readFlags, text } from "../../live/processes/flags.js";
import { parseSeconds } from "../../live/units.js";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { Pool } from "../../simulator/parallel/pool.js";
import { CASES, type CaseInput, caseRun, seedsOf } from "./cases.js";
import { reportOf } from "./report.js";
import { type Result, Results } from "./results.js";
import { DRAWS } from "./settings.js";
import { type TrialInput, trialRun } from "./trial.js";

interface Flags {
  readonly time: number;
  readonly scenario?: string;
  readonly cases?: true;
  readonly anew?: true;
  readonly seed: string;
  readonly results: string;
  readonly report: string;
}

/** Processor time after which a trial is given up, and recorded as a hang. */
const LIMIT_SECONDS = 120;

const flags = readFlags<Flags>(
  new Command("calibrate")
    .description(
      "Checks predictions and verdicts against long simulations at settings drawn over the whole range of every parameter. Results are appended to a file: the same command continues where it stopped.",
    )
    .addOption(plainFlag("--time <time>", "time limit; 1ms only writes the report", parseSeconds, "10m"))
    .addOption(plainFlag("--scenario <name>", "only this scenario", text))
    .option("--cases", "run the named cases until decided, rather than settings drawn at random")
    .option("--anew", "first forget the results so far of what is chosen, for code that has changed")
    .addOption(plainFlag("--seed <text>", "seed of settings and runs", text, "1"))
    .addOption(plainFlag("--results <file>", "results, one line of JSON each", text, "calibration.jsonl"))
    .addOption(plainFlag("--report <file>", "report on all results", text, "docs/calibration.md")),
);

const scenarios = Object.keys(DRAWS).filter((name) => flags.scenario === undefined || name === flags.scenario);
if (scenarios.length === 0)
  throw new UserError(`--scenario ${flags.scenario}: use one of ${Object.keys(DRAWS).join(", ")}`);
const cases = CASES.filter(({ scenario }) => scenarios.includes(scenario));
const results = new Results(flags.results);
if (flags.anew)
  results.drop((result) =>
    "case" in result
      ? flags.cases === true && cases.some(({ name }) => name === result.case)
      : flags.cases !== true && scenarios.includes(result.scenario),
  );

type Work =
  | { readonly kind: "trial"; readonly input: TrialInput }
  | { readonly kind: "case"; readonly input: CaseInput };

/** New settings without end, by turns of each scenario. */
function* drawnSettings(): Generator<Work> {
  for (let round = 1; ; round++)
    for (const scenario of scenarios) {
      const seed = `${flags.seed}/${round}`;
      const settings = DRAWS[scenario](randomStream(seed, scenario));
      yield { kind: "trial", input: { scenario, settings, seed } };
    }
}

/** The runs of all cases, by turns. */
function* runsOfCases(): Generator<Work> {
  for (let round = 1; round <= Math.max(...cases.map(seedsOf)); round++)
    for (const one of cases)
      if (round <= seedsOf(one)) yield { kind: "case", input: { case: one.name, seed: `${flags.seed}/${round}` } };
}

async function make(work: Work, pool: Pool): Promise<Result> {
  const [made] = work.kind === "trial" ? await pool.map(trialRun, [work.input]) : await pool.map(caseRun, [work.input]);
  return made;
}

function gaveUp(work: Work): Result {
  const why = `no result within ${LIMIT_SECONDS} s of processor time`;
  if (work.kind === "trial") return { ...work.input, predictSeconds: 0, quantities: [], crashed: why };
  return { ...work.input, verdict: "undecided", differ: [why], measuredTime: 0, seconds: LIMIT_SECONDS };
}

/** Resolves when this process has used the processor for too long: other programs do not count. */
function hasHung(signal: AbortSignal): Promise<undefined> {
  const used = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const startedAt = used();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (used() - startedAt > LIMIT_SECONDS) resolve(undefined);
    }, 1000);
    signal.addEventListener("abort", () => clearInterval(timer));
  });
}

/** Works until time is over; a thread that hangs is replaced by another. */
async function workThrough(all: Generator<Work>, endsAt: number): Promise<void> {
  let pool = new Pool(1);
  for (const work of all) {
    if (Date.now() >= endsAt) break;
    if (results.has(work.input)) continue;
    const done = new AbortController();
    const made = await Promise.race([make(work, pool), hasHung(done.signal)]);
    done.abort();
    if (made === undefined) {
      await pool.close();
      pool = new Pool(1);
    }
    results.add(made ?? gaveUp(work));
    const name = "case" in work.input ? work.input.case : work.input.scenario;
    process.stderr.write(`${Math.max(0, Math.round((endsAt - Date.now()) / 1000))} s left: ${name}\n`);
  }
  await pool.close();
}

const work = flags.cases ? runsOfCases() : drawnSettings();
const endsAt = Date.now() + 1000 * flags.time;
await workThrough(work, endsAt);
writeFileSync(flags.report, reportOf(results.trials, results.caseRuns));
