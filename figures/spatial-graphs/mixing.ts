import { readParameters } from "../../experiments/parameters.js";
import { type CoupledRunInput, type CoupledRunOutput, coupledRun } from "../../simulator/coupled-run.js";
import { JsqDTrajectory, meanOfTail } from "../../theory/power-of-d/mean-field.js";
import {
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Point,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { meanPoint } from "../replicated-points.js";
import { ofServers, PAPER, parametersOf, SPATIAL_PARAMETERS, type SpatialSetting, settingOf } from "./experiment.js";

/** A fifth of the servers has ten jobs each at the start. */
const [FRACTION, JOBS] = [0.2, 10];
const START_TAIL = [1, ...new Array<number>(JOBS).fill(FRACTION)];
const GRAPHS = [
  { kind: "ring", title: "ring", degreeOf: () => 2 },
  { kind: "geometric", title: "geometric, degree (ln N)^2", degreeOf: (servers: number) => Math.log(servers) ** 2 },
] as const;
const STARTS = [
  { clustered: false, title: "spread" },
  { clustered: true, title: "clustered" },
] as const;
const CASES = [
  { servers: 100, graphs: 100 },
  { servers: 1000, graphs: 20 },
  { servers: 10_000, graphs: 4 },
] as const;
const PREVIEW = [
  { servers: 100, graphs: 20 },
  { servers: 1000, graphs: 4 },
] as const;
const TIMES = Array.from({ length: 61 }, (_, look) => 2.5 * look);
/** A start counts as forgotten when this part of its extra jobs is left. */
const LEFT = 0.1;
/** Below this part of them, a point is noise. */
const SHOWN = 1e-3;

interface Cell {
  readonly graph: (typeof GRAPHS)[number];
  readonly start: (typeof STARTS)[number];
  readonly servers: number;
  readonly outputs: readonly CoupledRunOutput[];
}

/** How long the extra jobs of a start last, where they are spread over all servers and where they are neighbours. */
export const mixingFigure = figureSource(
  "spatial-graphs/mixing",
  "How long a start is remembered, spread over the servers or clustered in space",
  make,
  SPATIAL_PARAMETERS,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const setting = settingOf(readParameters(SPATIAL_PARAMETERS, settings).values);
  const sizes = preview ? PREVIEW : CASES;
  const plan = GRAPHS.flatMap((graph) => STARTS.flatMap((start) => sizes.map((size) => ({ graph, start, ...size }))));
  const groups = plan.map(({ graph, start, servers, graphs }) =>
    Array.from(
      { length: graphs },
      (_, run): CoupledRunInput => ({
        ...{ ...ofServers(setting, servers), kind: graph.kind, degree: graph.degreeOf(servers) },
        ...{ startTail: START_TAIL, clustered: start.clustered },
        ...{ sampleTimes: TIMES, seed: `${seed}/${mixingFigure.id}/${graph.kind}/${servers}/${run}` },
      }),
    ),
  );
  const outputs = await mapGroups(runner, coupledRun, groups, progress);
  const cells = plan.map((cell, i): Cell => ({ ...cell, outputs: outputs[i] }));
  return {
    source: `${PAPER}, Theorem 3.8 and Proposition 3.9`,
    caption:
      `Two copies of a system with the same arrivals, samples and services: in one a fifth of the servers starts with ${JOBS} jobs each, the ` +
      "other is empty. Points: the jobs that the first has more, as a part of those at the start, with 95 % intervals over independent runs. " +
      "Dashed: the differential equations (3.5), for a clustered start as if each neighbourhood were a system of its own. The table has " +
      `the times at which ${100 * LEFT} % are left.`,
    claim:
      "queues that start in order stay in order, and the jobs that one copy has more disappear in a time that does not depend on N. How long it " +
      "takes from a start that is clustered in space is left open: the jobs of a cluster cannot leave it, and its servers must clear them themselves.",
    parameters: { ...parametersOf(setting), start: `${JOBS} jobs at a fifth of the servers` },
    panels: GRAPHS.flatMap((graph) =>
      STARTS.map((start) => ({
        title: `${graph.title}, ${start.title}`,
        x: { label: "time", unit: "time units", scale: "linear", min: 0, max: TIMES[TIMES.length - 1] } as const,
        y: { label: "part of the extra jobs that is left", unit: "", scale: "log", min: SHOWN, max: 1 } as const,
        series: [
          ...cells.filter((cell) => cell.graph === graph && cell.start === start).map(seriesOf),
          ...(graph.kind === "ring" ? [] : [limitSeries(setting, start.clustered)]),
        ],
      })),
    ),
    tables: [tableOf(cells)],
  };
}

/** At each time: the extra jobs over those at the start. */
function partsLeft({ extra }: CoupledRunOutput): number[] {
  return extra.map((jobs) => jobs / extra[0]);
}

function seriesOf({ servers, outputs }: Cell): Series {
  const runs = outputs.map(partsLeft);
  const points = TIMES.map((time, look) =>
    meanPoint(
      time,
      runs.map((run) => run[look]),
    ),
  );
  const shown = points.filter(({ y }) => y > SHOWN).map((point) => ({ ...point, low: Math.max(SHOWN, point.low) }));
  return { quantity: `N = ${servers}`, role: "simulated", points: shown };
}

/** Of the mean field: the whole system from these queues, or a fifth of it from ten jobs each and the others from empty. */
function limitSeries({ arrivalRate, choices }: SpatialSetting, clustered: boolean): Series {
  const jobs = (start: readonly number[]): number[] => {
    const course = new JsqDTrajectory(arrivalRate, choices, start);
    return TIMES.map((time) => meanOfTail(course.at(time)));
  };
  const empty = jobs([1]);
  const extra = clustered
    ? jobs(new Array<number>(JOBS + 1).fill(1)).map((full, k) => FRACTION * (full - empty[k]))
    : jobs(START_TAIL).map((full, k) => full - empty[k]);
  const points: Point[] = TIMES.map((x, k) => ({ x, y: extra[k] / extra[0] }));
  return { quantity: "mean field", role: "limit", points: points.filter(({ y }) => y > SHOWN) };
}

/** When the extra jobs of a run are down to a part of those at the start; never more than the last time. */
function timeUntilLeft(parts: readonly number[]): number {
  const after = parts.findIndex((part) => part <= LEFT);
  if (after < 0) return TIMES[TIMES.length - 1];
  const [before, now] = [parts[after - 1], parts[after]];
  return TIMES[after - 1] + ((before - LEFT) / (before - now)) * (TIMES[after] - TIMES[after - 1]);
}

function tableOf(cells: readonly Cell[]): Table {
  const rows = cells.map(({ graph, start, servers, outputs }) => {
    const { y, low, high } = meanPoint(
      0,
      outputs.map((output) => timeUntilLeft(partsLeft(output))),
    );
    const outOfOrder = outputs.reduce((sum, output) => sum + output.outOfOrder, 0);
    return [graph.title, start.title, servers, outputs.length, y, low, high, outOfOrder];
  });
  const columns = ["graph", "start", "N", "runs", `time until ${100 * LEFT} % are left`, "low", "high"];
  return { title: "Time until a start is forgotten", columns: [...columns, "servers out of order"], rows };
}
