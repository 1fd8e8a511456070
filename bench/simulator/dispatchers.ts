import { markdownTable, median, spread } from "../measure.js";
import { DELAY, DISPATCHERS, LOAD } from "./contenders.js";
import { withLoop } from "./cpp-loops.js";
import { type Measured, measureInProcess, speedsOf } from "./measurement.js";

const REPETITIONS = 5;
const SERVERS = 100;
const JOBS_OF_LOOP = 1_000_000;

/** Each twin with what it is, and its target. */
const TWINS: readonly (readonly [name: string, what: string, wanted: string])[] = [
  ["twin-told", "told, constant delays", ">= 0.5"],
  ["twin-local", "local views, constant delays", ">= 1"],
  ["twin-exponential", "told, exponential delays", ">= 0.5 of the loop"],
];

/** The twin of several dispatchers, and the loop in C++ with exponential delays: jobs per second, and ratios within each repetition. */
export function dispatchers(): string {
  const loops: Measured[] = [];
  const twins = TWINS.map(() => [] as Measured[]);
  withLoop("shared-queues", (runLoop) => {
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      if (runLoop !== undefined) loops.push(runLoop([SERVERS, DISPATCHERS, LOAD, DELAY, JOBS_OF_LOOP]));
      for (const [i, [name]] of TWINS.entries()) twins[i].push(measureInProcess(name, SERVERS));
    }
  });
  const row = (what: string, found: readonly Measured[], wanted: string): string[] => {
    if (found.length === 0) return [what, "no compiler", "", wanted, ""];
    const ratios = loops.map(({ speed }, i) => found[i].speed / speed);
    const sojourn = median(found.map(({ result }) => result)).toFixed(3);
    return [what, spread(speedsOf(found)), ratios.length === 0 ? "" : spread(ratios), wanted, sojourn];
  };
  return markdownTable(
    [`${DISPATCHERS} dispatchers, ${SERVERS} servers`, "1e6 jobs/s", "of the loop", "wanted", "mean sojourn time"],
    [
      ...TWINS.map(([, what, wanted], i) => row(what, twins[i], wanted)),
      row("loop in C++, told, exponential delays", loops, ""),
    ],
  );
}
