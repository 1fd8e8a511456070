import { CASES, type CaseRun, SEEDS, seedsOf } from "./cases.js";
import { isOutside, type QuantityTrial, STANDARD_ERRORS, type Trial } from "./trial.js";
import { LEVELS } from "./truth.js";

/** Longest time of a prediction that is not simulated, in seconds. */
const LONGEST_PREDICTION = 2;
/** Settings listed of each kind: the first. */
const LISTED = 40;

/** The report on all results. */
export function reportOf(trials: readonly Trial[], runs: readonly CaseRun[]): string {
  const scenarios = [...new Set(trials.map(({ scenario }) => scenario))].sort();
  const hasRun = ({ name }: { readonly name: string }): boolean => runs.some((run) => run.case === name);
  const byScenario = scenarios.map((scenario) => trials.filter((trial) => trial.scenario === scenario));
  return [
    ...HEAD,
    "## Predictions",
    "",
    ...table(
      ["scenario", "kind", "tested", "untested", "outside", "worst (standard errors)"],
      byScenario.flatMap(predictionRows),
    ),
    "## Verdicts on runs of settings drawn at random",
    "",
    ...table(
      [
        ...[
          "scenario",
          "settings",
          "refused",
          "crashed",
          "truth found",
          "runs",
          "differ",
          "agree",
          "undecided",
          "void",
        ],
        ...["2 % more arrivals: differ", "prediction: median (s)", "longest (s)", `over ${LONGEST_PREDICTION} s`],
      ],
      byScenario.map(verdictRow),
    ),
    ...upperLimitLines(trials),
    "## Coverage",
    "",
    `Intervals of single runs of five warm-up times or more that contain the truth, by their level of confidence, in percent.`,
    "",
    ...table(["scenario", "intervals", ...LEVELS.map((level) => `${100 * level} %`)], byScenario.map(coverageRow)),
    "## Named cases until decided",
    "",
    ...CASES_HEAD,
    ...table(
      ["case", "runs", "differ", "agree", "undecided", "void", "time simulated: median", "seconds: median", "longest"],
      CASES.filter(hasRun).map((one) => caseRow(one.name, seedsOf(one), runs)),
    ),
    `${CASES.length - CASES.filter(hasRun).length} more cases have not been run since the code changed.`,
    "",
    ...list("Settings with predictions outside", trials.flatMap(outsideLines)),
    ...list("Runs that differ", trials.flatMap(differLines)),
    ...list("Crashes and hangs", trials.flatMap(crashLines)),
  ].join("\n");
}

const HEAD: readonly string[] = [
  "# Calibration",
  "",
  "<!-- Written by `npm run calibrate` from the results that it accumulates. -->",
  "",
  "Settings are drawn over the whole range of every parameter of every scenario, up to 200 servers (bench/calibrate/settings.ts). The truth",
  "is the mean of 6 to 16 independent runs of five warm-up times or more; beside an exact value that they confirm it is that value.",
  `A prediction is outside if it differs from the truth by more than its error and ${STANDARD_ERRORS} standard errors, and does so again in`,
  "independent runs four times as long; it is untested if the standard error exceeds a third of its error. Only predictions that decide are",
  "counted: the sharpest of each quantity, and bounds. Where the truth would take too long, only the prediction is made.",
  "",
  "Runs are judged as `equipoise simulate` judges them: until all is decided, over all looks, at 99 % confidence. Runs of settings drawn at",
  "random end after 3e5 arrivals and services or the default length, and with 2 % more arrivals than predictions assume the same is done once more.",
  "",
];

const CASES_HEAD = [
  `Each healthy case runs with up to ${SEEDS.healthy} seeds, each wrong one with up to ${SEEDS.wrong}: at most 8 of 300 healthy runs may differ, and at least`,
  "90 of 100 wrong ones should. Runs are those of `equipoise simulate` without further options, and of one thread.",
  "",
];

function upperLimitLines(trials: readonly Trial[]): string[] {
  const runs = trials.flatMap(({ run }) => run ?? []);
  const differ = runs.filter(({ verdict }) => verdict === "differs").length;
  if (runs.length === 0) return [];
  return [
    `Of all ${runs.length} healthy runs ${differ} differ: ${percent(differ / runs.length)}, at most ${percent(upperLimit(differ, runs.length))} with 95 % confidence.`,
    "",
  ];
}

/** Upper 95 % limit of a fraction (Wilson's score interval). */
function upperLimit(count: number, of: number): number {
  const z = 1.645;
  const p = count / of;
  return (p + z ** 2 / (2 * of) + z * Math.sqrt((p * (1 - p)) / of + (z / (2 * of)) ** 2)) / (1 + z ** 2 / of);
}

function predictionRows(trials: readonly Trial[]): string[][] {
  const kinds = new Map<string, { tested: number; untested: number; outside: number; worst: number }>();
  for (const { kind, isTested, beyond } of trials
    .flatMap(({ quantities }) => quantities)
    .flatMap((q) => q.predictions)) {
    const row = kinds.get(kind) ?? { tested: 0, untested: 0, outside: 0, worst: 0 };
    row[isTested ? "tested" : "untested"]++;
    if (beyond > STANDARD_ERRORS) row.outside++;
    row.worst = Math.max(row.worst, beyond);
    kinds.set(kind, row);
  }
  return [...kinds]
    .sort()
    .map(([kind, { tested, untested, outside, worst }]) => [
      ...[trials[0].scenario, kind, String(tested), String(untested), String(outside), worst.toFixed(1)],
    ]);
}

function verdictRow(trials: readonly Trial[]): string[] {
  const count = (holds: (trial: Trial) => boolean): string => String(trials.filter(holds).length);
  const taken = trials.filter(({ refused }) => refused === undefined).map(({ predictSeconds }) => predictSeconds);
  return [
    trials[0].scenario,
    count(({ refused }) => refused === undefined),
    count(({ refused }) => refused !== undefined),
    count(({ crashed }) => crashed !== undefined),
    count(({ quantities }) => quantities.length > 0),
    count(({ run }) => run !== undefined),
    count(({ run }) => run?.verdict === "differs"),
    count(({ run }) => run?.verdict === "agrees"),
    count(({ run }) => run?.verdict === "undecided"),
    count(({ run }) => run?.verdict === "void"),
    `${count(({ wrong }) => wrong?.verdict === "differs")} of ${count(({ wrong }) => wrong !== undefined)}`,
    ...[median(taken).toFixed(3), Math.max(0, ...taken).toFixed(2)],
    String(taken.filter((seconds) => seconds > LONGEST_PREDICTION).length),
  ];
}

function coverageRow(trials: readonly Trial[]): string[] {
  const quantities = trials.flatMap((trial) => trial.quantities);
  const sum = (of: (quantity: QuantityTrial) => number): number =>
    quantities.reduce((total, quantity) => total + of(quantity), 0);
  const intervals = sum((quantity) => quantity.intervals);
  return [
    trials[0].scenario,
    String(intervals),
    ...LEVELS.map((_, i) => ((100 * sum(({ containing }) => containing[i])) / intervals).toFixed(1)),
  ];
}

function caseRow(name: string, planned: number, all: readonly CaseRun[]): string[] {
  const runs = all.filter((run) => run.case === name);
  const count = (what: string): string => String(runs.filter(({ verdict }) => verdict === what).length);
  const seconds = runs.map((run) => run.seconds);
  return [
    ...[name, runs.length < planned ? `${runs.length} of ${planned}` : String(planned)],
    ...[count("differs"), count("agrees"), count("undecided"), count("void")],
    median(runs.map(({ measuredTime }) => measuredTime)).toFixed(0),
    ...[median(seconds).toFixed(1), Math.max(...seconds).toFixed(1)],
  ];
}

function outsideLines(trial: Trial): string[] {
  const outside = trial.quantities
    .filter(isOutside)
    .flatMap(({ name, truth, standardError, predictions }) =>
      predictions.flatMap(({ kind, beyond, modelError }) =>
        beyond > STANDARD_ERRORS
          ? [`${name} ${kind} by ${beyond.toFixed(1)} (truth ${truth} +- ${standardError}, error ${modelError})`]
          : [],
      ),
    );
  return outside.length === 0 ? [] : [`- ${commandOf(trial)}: ${outside.join("; ")}`];
}

function differLines(trial: Trial): string[] {
  const { verdict, differ = [] } = trial.run ?? {};
  return verdict === "differs" ? [`- ${commandOf(trial)}: ${differ.join("; ")}`] : [];
}

function crashLines(trial: Trial): string[] {
  return trial.crashed === undefined ? [] : [`- ${commandOf(trial)}: ${trial.crashed}`];
}

function commandOf({ scenario, settings, seed }: Trial): string {
  const flags = Object.entries(settings).map(([name, value]) => `--set ${name}=${value}`);
  return `\`${scenario} ${flags.join(" ")} --seed ${seed}\``;
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > LISTED ? [`- and ${lines.length - LISTED} more`] : [];
  return [`## ${title}`, "", ...lines.slice(0, LISTED), ...more, ""];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`), ""];
}

function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
