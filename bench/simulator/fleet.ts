import { markdownTable, median, spread } from "../measure.js";
import { DELAY, FLEETS, JOBS_OF_FLEET, LOAD } from "./contenders.js";
import { withLoop } from "./cpp-loops.js";
import { type Measured, measureInProcess, speedsOf } from "./measurement.js";

const REPETITIONS = 3;
const SIZES = [100, 10_000];
/** Of the loop's speed, in every row; and in millions of jobs a second with few servers. */
const WANTED = 0.5;
const WANTED_SPEED = { atOnce: 1, delayed: 0.5 };

/** The simulator of a fleet as `simulate fleet` runs it, and the same model as a loop in C++, if it can be compiled: jobs per second, and ratios within each repetition. */
export function fleetTable(): string {
  const rows = withLoop("fleet-loop", (runLoop) =>
    SIZES.flatMap((servers) =>
      Object.entries(FLEETS).map(([name, { policy, isDelayed }]) => {
        const own: Measured[] = [];
        const loops: Measured[] = [];
        const flags = [servers, policy, LOAD, isDelayed ? DELAY : 0, JOBS_OF_FLEET];
        for (let repetition = 0; repetition < REPETITIONS; repetition++) {
          own.push(measureInProcess(name, servers));
          if (runLoop !== undefined) loops.push(runLoop(flags));
        }
        const ratios = loops.map(({ speed }, i) => own[i].speed / speed);
        const wantedSpeed = isDelayed ? WANTED_SPEED.delayed : WANTED_SPEED.atOnce;
        return [
          ...[policy, String(servers), isDelayed ? String(DELAY) : "none", spread(speedsOf(own))],
          ...[orNoCompiler(speedsOf(loops)), orNoCompiler(ratios), `>= ${WANTED} of the loop, >= ${wantedSpeed}`],
          ...[sojournOf(own), loops.length === 0 ? "" : sojournOf(loops)],
        ];
      }),
    ),
  );
  return markdownTable(
    [
      ...["policy", "servers", "delay", "1e6 jobs/s", "loop in C++", "of the loop", "wanted"],
      ...["mean sojourn time", "of the loop"],
    ],
    rows,
  );
}

const orNoCompiler = (found: readonly number[]): string => (found.length === 0 ? "no compiler" : spread(found));
const sojournOf = (found: readonly Measured[]): string => median(found.map(({ result }) => result)).toFixed(3);
