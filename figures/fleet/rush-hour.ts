import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { type FleetCourseInput, fleetCourses } from "../../simulator/fleet-course.js";
import { type FleetMoment, heterogeneousTrajectory } from "../../theory/power-of-d/heterogeneous-trajectory.js";
import { byExpectedDelay, byLength, byLengthThenSpeed } from "../../theory/queues/preferences.js";
import {
  CONFIDENCE,
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Panel,
  type Progress,
} from "../figure.js";

/** Half of the servers are three times as fast as the others; more jobs come for a while than all servers can do. */
const CLASSES = [
  { fraction: 0.5, rate: 1.5 },
  { fraction: 0.5, rate: 0.5 },
];
const LOADS = [
  { from: 0, arrivalRate: 0.6 },
  { from: 10, arrivalRate: 1.1 },
  { from: 20, arrivalRate: 0.6 },
];
const POLICIES = [
  { policy: "jsq-d", preference: byLength },
  { policy: "sed-d", preference: byExpectedDelay },
  { policy: "jfsq-d", preference: byLengthThenSpeed },
];
const TIMES = Array.from({ length: 91 }, (_, look) => look / 2);
/** A point is drawn at every k-th look. */
const DRAWN = 4;
const CASES = [
  { servers: 10, runs: 4000 },
  { servers: 100, runs: 400 },
  { servers: 1000, runs: 40 },
] as const;
const PREVIEW = [{ servers: 100, runs: 20 }] as const;

/** How the best of two drawn at random get over a rush hour, at few servers and at many. */
export const rushHourFigure = figureSource("fleet/rush-hour", "Jobs over time in a rush hour, best of two", make);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const cases = preview ? PREVIEW : CASES;
  const plan = cases.flatMap((one) => POLICIES.map((rule) => ({ ...one, ...rule })));
  const groups = plan.map(({ servers, runs, policy }) =>
    Array.from(
      { length: runs },
      (_, run): FleetCourseInput => ({
        ...{ policy, phases: LOADS, times: TIMES, seed: `${seed}/${rushHourFigure.id}/${servers}/${run}` },
        rates: Array.from({ length: servers }, (_, server) => CLASSES[server % 2].rate),
      }),
    ),
  );
  const outputs = await mapGroups(runner, fleetCourses, groups, progress);
  const courses = plan.map((one, i) => ({ ...one, runs: outputs[i].map(({ meanQueue }) => meanQueue) }));
  const predicted = new Map(POLICIES.map(({ policy, preference }) => [policy, predict(preference)]));
  return {
    source: "Allmeier and Gast (2022), refined mean field of servers of several speeds, over time",
    caption:
      "Points: simulated from empty, means of independent runs with 95 % intervals, the two servers drawn distinct. Lines: many servers (limit), and with " +
      "the correction for this number (refined). From time 10 to 20 more jobs come (1.1 per server and time unit) than servers can do (1).",
    claim: "the mean field is the course of many servers, and its 1/n correction that of few, also while rates change.",
    parameters: { initialRates: "half 1.5, half 0.5", arrivalRate: "0.6, 1.1 from 10 to 20" },
    panels: cases.map(
      ({ servers }): Panel => ({
        title: `n = ${servers}`,
        x: { label: "time", unit: "time units", scale: "linear", min: 0 },
        y: { label: "jobs per server", unit: "", scale: "linear", min: 0 },
        series: courses
          .filter((one) => one.servers === servers)
          .flatMap(({ policy, runs }) => {
            const moments = predicted.get(policy) ?? [];
            const line = (part: number) =>
              moments.map(({ meanQueue: { value, correction } }, k) => ({ x: TIMES[k], y: value + part * correction }));
            return [
              { quantity: policy, role: "simulated" as const, points: pointsOf(runs) },
              { quantity: policy, role: "limit" as const, points: line(0) },
              { quantity: policy, role: "refined" as const, points: line(1 / servers) },
            ];
          }),
      }),
    ),
    tables: [],
  };
}

function predict(preference: (typeof POLICIES)[number]["preference"]): readonly FleetMoment[] {
  const fleet = { classes: CLASSES, choices: 2, replacement: false, preference };
  const phases = LOADS.map(({ from, arrivalRate }) => ({ from, fleet: { ...fleet, arrivalRate } }));
  return heterogeneousTrajectory({ phases, start: CLASSES.map(() => [1]), times: TIMES }) ?? [];
}

function pointsOf(runs: readonly (readonly number[])[]) {
  return TIMES.flatMap((x, k) => {
    if (k % DRAWN !== 0) return [];
    const mean = meanOf(runs.map((run) => run[k]));
    return [{ x, y: mean.value, ...confidenceInterval(mean, CONFIDENCE) }];
  });
}
