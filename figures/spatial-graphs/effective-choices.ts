import { MOST_MEMBERS, readParameters, wholeNumber } from "../../experiments/parameters.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { type SpatialRunInput, type SpatialRunOutput, spatialRun } from "../../simulator/spatial-run.js";
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
import { ofServers, PAPER, regularTail, SPATIAL_PARAMETERS, type SpatialSetting, settingOf } from "./experiment.js";

const DEGREES = [2, 3, 5, 10, 30] as const;
const DRAWS = [
  { replacement: true, title: "drawn with replacement" },
  { replacement: false, title: "two distinct servers" },
] as const;
const HIGHEST_LEVEL = 7;
/** Levels that fewer servers reach come from too few visits. */
const LEAST_FRACTION = 2e-5;
const FULL = { servers: 3000, graphs: 8, measuringTime: 250 } as const;
const PREVIEW = { servers: 1000, graphs: 4, measuringTime: 60 } as const;
const { replacement: _, ...COMMON } = SPATIAL_PARAMETERS;
/** Both with replacement and without are shown. */
const PARAMETERS = {
  ...COMMON,
  servers: { ...spatialGraphs.parameters.servers, default: String(FULL.servers), parse: wholeNumber(3, MOST_MEMBERS) },
};
const WARM_UP = 60;

interface Cell {
  readonly degree: number;
  readonly setting: SpatialSetting;
  readonly outputs: readonly SpatialRunOutput[];
}

/** What number of choices the queues on regular graphs look like, level by level: constant if and only if some d fits. */
export const effectiveChoicesFigure = figureSource(
  "spatial-graphs/effective-choices",
  "The number of choices that queues on regular graphs look like",
  make,
  PARAMETERS,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { values } = readParameters(PARAMETERS, settings);
  const { graphs, measuringTime } = preview ? PREVIEW : FULL;
  const servers = preview && settings.servers === undefined ? PREVIEW.servers : values.servers;
  const setting = settingOf({ ...values, replacement: "yes" });
  const { arrivalRate, choices } = setting;
  const plan = DRAWS.flatMap(({ replacement }) => DEGREES.map((degree) => ({ replacement, degree })));
  const groups = plan.map(({ replacement, degree }) =>
    Array.from({ length: graphs }, (_, graph): SpatialRunInput => {
      const runSeed = `${seed}/${effectiveChoicesFigure.id}/${degree}/${replacement}/${graph}`;
      const times = { warmUpTime: WARM_UP, measuringTime };
      return {
        ...{ ...ofServers(setting, servers), ...times, kind: "regular" as const, degree, replacement },
        ...{ seed: runSeed, sampleTimes: [], predict: false },
      };
    }),
  );
  const outputs = await mapGroups(runner, spatialRun, groups, progress);
  const cells = plan.map(
    (cell, i): Cell => ({ ...cell, outputs: outputs[i], setting: { ...setting, replacement: cell.replacement } }),
  );
  return {
    source: `${PAPER}, section 5: on regular graphs of degree 3 the tail looks like that of a smaller d`,
    caption:
      `Of servers with i jobs or more, q_i, the fixed point of JSQ(d) has q_(i+1) = lambda q_i^d: shown is the d for which that holds. Points: simulated on ${graphs} ` +
      `random regular graphs of ${servers} servers, with 95 % intervals over graphs; lines: the pair approximation; dashed: the fixed point for d = ${choices}.`,
    claim:
      "the paper asks how the tail depends on the degree, and suggests a smaller d. No fixed d fits small degrees: with replacement the effective " +
      "number falls towards 1 along the tail, since a server that is drawn twice gets the job.",
    parameters: { arrivalRate: String(arrivalRate), choices: String(choices), servers: String(servers) },
    panels: DRAWS.map(({ replacement, title }) => ({
      title,
      x: { label: "jobs i", unit: "", scale: "linear", min: 1, max: HIGHEST_LEVEL },
      y: { label: "effective d, from level i to i + 1", unit: "", scale: "linear", min: 1 },
      series: [
        ...cells.filter((cell) => cell.setting.replacement === replacement).flatMap(seriesOf),
        { quantity: `d = ${choices}`, role: "limit", points: [1, HIGHEST_LEVEL].map((x) => ({ x, y: choices })) },
      ],
    })),
    tables: [tableOf(cells)],
  };
}

/** The d of q_(i+1) = lambda q_i^d at each level i from 1, up to where few servers are. A fraction lambda is busy, exactly. */
export function effectiveChoices(tail: readonly number[], arrivalRate: number): number[] {
  const levels = tail.map((fraction, level) => (level === 1 ? arrivalRate : fraction));
  const highest = levels.findLastIndex((fraction) => fraction > LEAST_FRACTION);
  return Array.from({ length: Math.min(HIGHEST_LEVEL, Math.max(0, highest - 1)) }, (_, k) => {
    const [here, above] = [levels[k + 1], levels[k + 2]];
    return Math.log(above / arrivalRate) / Math.log(here);
  });
}

/** At the levels that all runs reached. */
function pointsOf({ setting, outputs }: Cell): Required<Point>[] {
  const runs = outputs.map(({ queueTail }) => effectiveChoices(queueTail, setting.arrivalRate));
  const levels = Math.min(...runs.map(({ length }) => length));
  return Array.from({ length: levels }, (_, k) =>
    meanPoint(
      k + 1,
      runs.map((run) => run[k]),
    ),
  );
}

function predictedFor({ degree, setting }: Cell): number[] {
  return effectiveChoices(regularTail(setting, degree), setting.arrivalRate);
}

function seriesOf(cell: Cell): Series[] {
  const quantity = `degree ${cell.degree}`;
  const points = pointsOf(cell);
  const predicted = predictedFor(cell);
  return [
    { quantity, role: "simulated", points },
    { quantity, role: "refined", points: predicted.map((y, k) => ({ x: k + 1, y })) },
  ];
}

function tableOf(cells: readonly Cell[]): Table {
  const rows = cells.flatMap((cell) => {
    const { degree, setting } = cell;
    const predicted = predictedFor(cell);
    return pointsOf(cell).map(({ x, y, low, high }) => [
      ...[setting.replacement ? "with replacement" : "distinct", degree, x, y, low, high],
      predicted[x - 1] ?? null,
    ]);
  });
  const columns = ["draws", "degree", "i", "effective d", "low", "high", "pair approximation"];
  return { title: "Effective number of choices", columns, rows };
}
