import { parseLoadProfile } from "../../model/load-profile.js";
import { type PoolTrajectory, poolTrajectory } from "../../simulator/pool-trajectory.js";
import { meanOptimalUtility, optimalAssignment, optimalUtility } from "../../theory/utility/optimal-assignment.js";
import {
  counter,
  type FigureContent,
  type FigureOptions,
  figureSource,
  type Panel,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { averagePoints, evenTimes } from "./averages.js";
import { BETA, CLASSES, PARAMETERS, POLICIES, poolsByClass } from "./experiment.js";

const POOLS = 200;
const RUNS = 24;
const PROFILES = [
  { load: "steps:7.25,12.25@5,7.25@20", end: 35, what: "step load" },
  { load: "sine:9.75,3,20", end: 40, what: "sinusoidal load" },
] as const;
const POINTS = 140;

type Profile = (typeof PROFILES)[number];

/** How fast the thresholds of SLTA follow a time-varying load, and what the delay costs relative to JLMU. */
export const trackingFigure = figureSource("utility/tracking", "SLTA and JLMU under a time-varying load", make);

interface Followed {
  readonly profile: Profile;
  readonly times: readonly number[];
  readonly runs: ReadonlyMap<string, readonly PoolTrajectory[]>;
}

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const runs = preview ? 4 : RUNS;
  const wanted = PROFILES.flatMap((profile) =>
    POLICIES.flatMap((policy) => Array.from({ length: runs }, (_, run) => ({ profile, policy, run }))),
  );
  const inputs = wanted.map(({ profile, policy, run }) => ({
    utilities: PARAMETERS.utilities,
    pools: poolsByClass(POOLS),
    load: profile.load,
    policy,
    beta: BETA,
    start: { meanJobs: parseLoadProfile(profile.load).at(0) },
    settling: 10,
    times: evenTimes(profile.end, POINTS),
    levels: [],
    seed: `${seed}/${trackingFigure.id}/${profile.load}/${run}`,
  }));
  const outputs = await runner.map(poolTrajectory, inputs, counter(inputs.length, progress));
  const followed = PROFILES.map((profile): Followed => {
    const of = (policy: string): PoolTrajectory[] =>
      outputs.filter((_, k) => wanted[k].profile === profile && wanted[k].policy === policy);
    return {
      profile,
      times: evenTimes(profile.end, POINTS),
      runs: new Map(POLICIES.map((policy) => [policy, of(policy)])),
    };
  });
  return {
    source:
      "Goldsztajn, Borst and van Leeuwaarden (2023), the learning scheme of section 3.2 under a time-varying load",
    caption:
      `${POOLS} pools of the two classes of Table 1; means of ${runs} replications with 95 % intervals, common random numbers for both policies. ` +
      "The number of tasks is Poisson with mean m(t), m' = rho(t) - m, whatever the policy; r* and the bound E[u*(S/n)] are those " +
      "for m(t).",
    claim:
      "r moves by one at an arrival, and n arrivals come in a tenth of a service time: it follows the number of tasks.",
    parameters: { ...PARAMETERS, pools: String(POOLS), beta: BETA },
    panels: followed.flatMap(panelsOf),
    tables: [tableOf(followed)],
  };
}

function meanTasks({ profile, times }: Followed): number[] {
  const load = parseLoadProfile(profile.load);
  return times.map((time) => load.meanTasks(time, load.at(0)));
}

function panelsOf(followed: Followed): Panel[] {
  const { profile, times, runs } = followed;
  const tasks = meanTasks(followed);
  const x = { label: "time", unit: "mean service times", scale: "linear" as const, min: 0, max: profile.end };
  const slta = runs.get("slta") ?? [];
  return [
    {
      title: `rank, ${profile.what}`,
      x,
      y: { label: "rank r", unit: "", scale: "linear" },
      series: [
        {
          quantity: "r of SLTA",
          role: "simulated",
          points: averagePoints(
            times,
            slta.map(({ rank }) => rank),
          ),
        },
        {
          quantity: "r* for m(t)",
          role: "limit",
          points: times.map((time, k) => ({ x: time, y: optimalAssignment(CLASSES, tasks[k]).rank })),
        },
      ],
    },
    {
      title: `utility, ${profile.what}`,
      x,
      y: { label: "utility per pool", unit: "", scale: "linear" },
      series: [
        ...POLICIES.map(
          (policy): Series => ({
            quantity: policy.toUpperCase(),
            role: "simulated",
            points: averagePoints(
              times,
              (runs.get(policy) ?? []).map(({ utility }) => utility),
            ),
          }),
        ),
        {
          quantity: "E[u*(S/n)]",
          role: "bound",
          points: times.map((time, k) => ({ x: time, y: meanOptimalUtility(CLASSES, POOLS, tasks[k]) })),
        },
      ],
    },
  ];
}

/** The distance of r from r*, its delay, and the loss of both policies, averaged over time. */
function tableOf(all: readonly Followed[]): Table {
  const rows = all.map((followed) => {
    const { profile, times, runs } = followed;
    const tasks = meanTasks(followed);
    const best = tasks.map((mean) => optimalAssignment(CLASSES, mean).rank);
    const slta = runs.get("slta") ?? [];
    const ranks = times.map((_, k) => slta.reduce((sum, { rank }) => sum + rank[k], 0) / slta.length);
    const distance = ranks.reduce((sum, rank, k) => sum + Math.abs(rank - best[k]), 0) / times.length;
    const lossOf = (policy: string): number => {
      const some = runs.get(policy) ?? [];
      const losses = some.flatMap((run) => run.utility.map((u, k) => optimalUtility(CLASSES, run.tasks[k]) - u));
      return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    };
    const delay = delayOf(times, ranks, best);
    return [
      profile.load,
      Number(distance.toFixed(2)),
      delay === 0 ? `< ${times[1].toFixed(2)}` : Number(delay.toFixed(2)),
      Number(lossOf("slta").toFixed(5)),
      Number(lossOf("jlmu").toFixed(5)),
    ];
  });
  return {
    title: "Tracking of r*",
    columns: ["load", "mean distance of r from r*", "delay of r behind r*", "mean of u*(S/n) - u, SLTA", "JLMU"],
    rows,
  };
}

/** The delay at which the mean of r is closest to r* in mean square, in sampling steps. */
function delayOf(times: readonly number[], ranks: readonly number[], best: readonly number[]): number {
  const step = times[1] - times[0];
  const misfit = (lag: number): number => {
    const errors = ranks.slice(lag).map((rank, k) => (rank - best[k]) ** 2);
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  const lags = Array.from({ length: Math.floor(5 / step) }, (_, lag) => lag);
  return step * lags.reduce((least, lag) => (misfit(lag) < misfit(least) ? lag : least), 0);
}
