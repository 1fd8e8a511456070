import { EXIT } from "../live/process.js";
import { VERSION } from "../live/version.js";
import { UserError } from "../model/errors.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readSettings } from "../scenarios/parameters.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { VerifyFlags } from "./options.js";
import { checkWritable, print, warnOfAssumptions, writeResult } from "./output.js";
import { askPrometheus, type Series } from "./promql.js";
import { overallVerdict, RESULT_FORMAT, type Result } from "./result.js";
import { DISPATCHER_METRICS, replayScrapes, type ScrapedRun, SERVER_METRICS } from "./scraped-run.js";
import { verdictTable } from "./table.js";

/**
 * `equipoise verify --prometheus`: measures a system that runs already by nothing but what Prometheus scraped of it, shows
 * the table, and exits by the verdict. Nothing that the dispatcher itself says of its measurements is used.
 *
 * @throws UserError if Prometheus does not answer, or knows no such run
 */
export async function verifyByPrometheus(scenario: string, url: string, flags: VerifyFlags): Promise<number> {
  const known = scenarioNamed(scenario);
  if (flags.json !== undefined) checkWritable(flags.json);
  const { seed, settings, timeUnitSeconds } = await runningSystem(known.name, url, readSettings(flags.set));
  const experiment = known.configure(settings, seed);
  warnOfAssumptions(experiment);
  const window = `${Math.ceil(flags.window)}s`;
  const series = [...(await scraped(url, DISPATCHER_METRICS, window)), ...(await scraped(url, SERVER_METRICS, window))];
  const replayed = replayScrapes(experiment, series, timeUnitSeconds, flags.confidence);
  return conclude(replayed, experiment, { seed, timeUnitSeconds, flags });
}

/** What runs, by the metrics: there must be just one dispatcher, and it must run this scenario with these settings. */
async function runningSystem(
  scenario: string,
  url: string,
  asked: Readonly<Record<string, string>>,
): Promise<{ seed: string; settings: Record<string, string>; timeUnitSeconds: number }> {
  const runs = await askPrometheus(url, "equipoise_run_info");
  if (runs.length === 0)
    throw new UserError(`Prometheus at ${url} scrapes no dispatcher: is one running, and a target?`);
  if (runs.length > 1) {
    const instances = runs.map(({ labels }) => `${labels.instance} (${labels.scenario})`).join(", ");
    throw new UserError(`Prometheus at ${url} knows several runs: ${instances}; let it scrape one`);
  }
  const [{ labels }] = runs;
  if (labels.scenario !== scenario)
    throw new UserError(`the dispatcher at ${labels.instance} runs ${labels.scenario}, not ${scenario}`);
  const settings = Object.fromEntries(
    (await askPrometheus(url, "equipoise_run_parameter")).map((one) => [one.labels.name ?? "", one.labels.value ?? ""]),
  );
  for (const [name, value] of Object.entries(asked)) {
    if (settings[name] !== value) {
      throw new UserError(`--set ${name}=${value}: the dispatcher runs with ${name}=${settings[name] ?? "nothing"}`);
    }
  }
  const timeUnitSeconds = (await askPrometheus(url, "equipoise_time_unit_seconds"))[0]?.samples[0]?.value;
  if (timeUnitSeconds === undefined) throw new UserError(`Prometheus at ${url} has no equipoise_time_unit_seconds`);
  return { seed: labels.seed ?? "", settings, timeUnitSeconds };
}

function scraped(url: string, names: readonly string[], window: string): Promise<Series[]> {
  return askPrometheus(url, `{__name__=~"${names.join("|")}"}[${window}]`);
}

/** Prints the table, writes the result, and returns the exit code. */
function conclude(
  { run, measuredTime, jobs }: ScrapedRun,
  experiment: Experiment,
  context: { seed: string; timeUnitSeconds: number; flags: VerifyFlags },
): number {
  const { seed, timeUnitSeconds, flags } = context;
  const quantities = run.evidence();
  const whyVoid = run.whyVoid() ?? null;
  const verdict = overallVerdict(quantities);
  print(verdictTable(quantities, flags.confidence), flags.json);
  print(whyVoid === null ? `verdict: ${verdict}` : `void: ${whyVoid}`, flags.json);
  const result: Result = {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "live",
    scenario: experiment.scenario.name,
    parameters: { ...experiment.parameters },
    seed,
    timeUnitSeconds,
    replications: 1,
    warmUpTime: 0,
    measuredTime,
    familyConfidence: flags.confidence,
    conditions: { ...run.conditions(), scheduleLag: run.meanScheduleLag },
    jobs,
    policy: null,
    assumptions: [...experiment.assumptions],
    verdict,
    whyVoid,
    quantities: quantities.map((quantity) => ({ ...quantity, predictions: [...quantity.predictions] })),
  };
  if (flags.json !== undefined) writeResult(result, flags.json);
  if (whyVoid !== null) return EXIT.void;
  return verdict === "differs" ? EXIT.differs : EXIT.ok;
}
