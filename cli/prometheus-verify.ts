import { divided } from "../experiments/division.js";
import { readSettings } from "../experiments/parameters.js";
import { type Division, type Experiment, VIEWS } from "../experiments/scenario.js";
import { withSimulated } from "../experiments/simulated-predictions.js";
import { UserError } from "../model/errors.js";
import { scenarioNamed } from "../scenarios/index.js";
import { conclude, type Findings } from "./conclude.js";
import { scrapedRuns, waitForWindow } from "./measured-window.js";
import type { VerifyFlags } from "./options.js";
import { checkWritable, warnOfAssumptions } from "./output.js";
import { askPrometheus, type Series } from "./promql.js";
import { DISPATCHER_METRICS, replayScrapes, type ScrapedRun, SERVER_METRICS } from "./scraped-run.js";
import { simulatedFor } from "./simulated.js";

/**
 * `equipoise verify --prometheus`: measures a running system from what Prometheus has scraped alone, once it has been
 * measured for the whole window; prints the table, and exits with the verdict. The dispatcher's own measurements are not used.
 *
 * @throws UserError if Prometheus does not answer, or scrapes no such run
 */
export async function verifyByPrometheus(scenario: string, url: string, flags: VerifyFlags): Promise<number> {
  const known = scenarioNamed(scenario);
  if (flags.json !== undefined) checkWritable(flags.json);
  const { seed, settings, division, timeUnitSeconds, selector } = await runningSystem(
    known.name,
    url,
    readSettings(flags.set),
  );
  const theory = divided(known.configure(settings, seed), division);
  warnOfAssumptions(theory);
  const { warmUpTime, measuringTime } = theory;
  const run = { settings, seed, warmUpTime, measuringTime, familyConfidence: flags.confidence };
  const experiment = withSimulated(theory, await simulatedFor(theory, run));
  await waitForWindow(url, selector, flags.window);
  const window = `${Math.ceil(flags.window)}s`;
  const series = [
    ...(await scraped(url, DISPATCHER_METRICS, selector, window)),
    ...(await scraped(url, SERVER_METRICS, "", window)),
  ];
  const replayed = replayScrapes(experiment, series, timeUnitSeconds, {
    familyConfidence: flags.confidence,
    within: flags.within,
  });
  const findings = findingsOf(replayed, experiment, { ...flags, seed, timeUnitSeconds });
  return conclude(findings, [], flags.json);
}

interface RunningSystem {
  readonly seed: string;
  readonly settings: Record<string, string>;
  readonly division: Division;
  readonly timeUnitSeconds: number;
  /** Selects the metrics of the dispatcher that measures. */
  readonly selector: string;
}

/** The running system, by its metrics: exactly one dispatcher must measure a run, of this scenario with these settings. */
async function runningSystem(
  scenario: string,
  url: string,
  asked: Readonly<Record<string, string>>,
): Promise<RunningSystem> {
  const runs = await scrapedRuns(url);
  if (runs.length === 0)
    throw new UserError(`Prometheus at ${url} scrapes no dispatcher: is one running, and is it a target?`);
  if (runs.length > 1) {
    const instances = runs.map(({ labels }) => `${labels.instance} (${labels.scenario})`).join(", ");
    throw new UserError(`Prometheus at ${url} scrapes several runs: ${instances}; it must scrape only one`);
  }
  const [{ labels }] = runs;
  if (labels.scenario !== scenario)
    throw new UserError(`the dispatcher at ${labels.instance} runs ${labels.scenario}, not ${scenario}`);
  const selector = `instance=${JSON.stringify(labels.instance)}`;
  const settings = Object.fromEntries(
    (await askPrometheus(url, `equipoise_run_parameter{${selector}}`)).map((one) => [
      one.labels.name ?? "",
      one.labels.value ?? "",
    ]),
  );
  for (const [name, value] of Object.entries(asked)) {
    if (settings[name] !== value) {
      throw new UserError(`--set ${name}=${value}: the dispatcher runs with ${name}=${settings[name] ?? "(unset)"}`);
    }
  }
  const [unit] = await askPrometheus(url, `equipoise_time_unit_seconds{${selector}}`);
  const timeUnitSeconds = unit?.samples[0]?.value;
  if (timeUnitSeconds === undefined) throw new UserError(`Prometheus at ${url} has no equipoise_time_unit_seconds`);
  const views = VIEWS.find((known) => known === labels.views) ?? "told";
  const division = { dispatchers: Number(labels.dispatchers), views };
  return { seed: labels.seed ?? "", settings, division, timeUnitSeconds, selector };
}

function scraped(url: string, names: readonly string[], selector: string, window: string): Promise<Series[]> {
  return askPrometheus(url, `{__name__=~"${names.join("|")}",${selector}}[${window}]`);
}

function findingsOf(
  { run, measuredTime, jobs }: ScrapedRun,
  experiment: Experiment,
  {
    seed,
    timeUnitSeconds,
    confidence,
    within,
  }: Pick<VerifyFlags, "seed" | "confidence" | "within"> & { readonly timeUnitSeconds: number },
): Findings {
  return {
    mode: "live",
    scenario: experiment.scenario.name,
    parameters: { ...experiment.parameters },
    seed,
    timeUnitSeconds,
    replications: 1,
    warmUpTime: 0,
    measuredTime,
    familyConfidence: confidence,
    within,
    looks: 1,
    stoppedBy: "time",
    conditions: { askedDelay: 0, ...run.conditions(), scheduleLag: run.meanScheduleLag },
    jobs,
    policy: null,
    assumptions: [...experiment.assumptions],
    whyVoid: run.whyVoid() ?? null,
    quantities: run.evidence(),
  };
}
