import {
  MOST_MEMBERS,
  type ParameterDefinition,
  type ParameterValues,
  readParameters,
  wholeNumber,
} from "../../experiments/parameters.js";
import { UserError } from "../../model/errors.js";
import { parseStart, type Start, startsInSpace } from "../../model/start.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { type SpatialRunInput, type SpatialRunOutput, spatialRun } from "../../simulator/spatial-run.js";
import { JsqDTrajectory } from "../../theory/power-of-d/mean-field.js";
import {
  type FigureContent,
  type FigureOptions,
  type FigureSource,
  figureSource,
  mapGroups,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { listOf } from "../parameters.js";
import { type Course, courseTable } from "../trajectory-band.js";
import {
  KINDS,
  ofServers,
  PAPER,
  parametersOf,
  pointOf,
  SPATIAL_PARAMETERS,
  type SpatialSetting,
  settingOf,
} from "./experiment.js";

const LEVELS = [1, 2, 3, 4] as const;
const LOOKS = Array.from({ length: 101 }, (_, look) => look / 5);
/** A point is drawn at every k-th sample. */
const DRAWN = 4;
const SIZES = [100, 1000, 10_000];
/** Fewer graphs of more servers, whose occupancy varies less. */
const graphsAt = (servers: number): number => Math.max(6, Math.min(60, Math.round(600 / Math.sqrt(servers))));
const PREVIEW_GRAPHS = 6;
const PARAMETERS = {
  ...SPATIAL_PARAMETERS,
  servers: listOf({ ...spatialGraphs.parameters.servers, parse: wholeNumber(3, MOST_MEMBERS) }, SIZES),
};
const WITH_START = { ...PARAMETERS, start: givenStart(spatialGraphs.parameters.start) };
/** Independent geometric initial queues with mean two: P(X >= i) = (2/3)^i. */
const SPREAD_START = Array.from({ length: 60 }, (_, level) => (2 / 3) ** level);

/** Of those that give servers their jobs: the equations know of no policy at time 0. */
function givenStart(definition: (typeof spatialGraphs.parameters)["start"]): ParameterDefinition<Start> {
  return {
    ...definition,
    range: "empty | occupancy:FRACTION,... | clustered:FRACTION,...",
    parse(text) {
      const start = parseStart(startsInSpace)(text);
      if (start.tail === undefined && start.mostJobs > 0)
        throw new UserError(
          "where a backlog goes depends on the graph; use occupancy:1,1,... for one job at every server, two, ...",
        );
      return start;
    },
  };
}

interface Case {
  readonly kind: SpatialRunInput["kind"];
  readonly title: string;
  readonly servers: number;
  readonly degree: number;
  readonly outputs: readonly SpatialRunOutput[];
}

/** How the queues are at time 0, and what is said of it. */
interface Beginning extends Pick<SpatialRunInput, "start" | "startTail"> {
  readonly id: string;
  readonly text: string;
}

/** Figure 3 of the paper, from empty or any other start, and from independent queues. */
export const transientFigures: readonly FigureSource[] = [
  figureSource(
    "spatial-graphs/3",
    "Occupancy over time",
    (options, progress) => {
      const { values, texts } = readParameters(WITH_START, options.settings ?? {});
      return make({ id: "spatial-graphs/3", start: values.start, text: texts.start }, values, options, progress);
    },
    WITH_START,
  ),
  figureSource(
    "spatial-graphs/3-spread",
    "Occupancy over time from independent queues",
    (options, progress) => {
      const { values } = readParameters(PARAMETERS, options.settings ?? {});
      const text = "independent, P(X >= i) = (2/3)^i";
      return make({ id: "spatial-graphs/3-spread", startTail: SPREAD_START, text }, values, options, progress);
    },
    PARAMETERS,
  ),
];

async function make(
  { id, text, ...beginning }: Beginning,
  values: ParameterValues<typeof PARAMETERS>,
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const startTail = tailOf(beginning);
  const setting = settingOf(values);
  const shown = preview && settings.servers === undefined ? SIZES.slice(0, 2) : values.servers;
  const sizes = shown.map((servers) => ({ servers, graphs: preview ? PREVIEW_GRAPHS : graphsAt(servers) }));
  const plan = KINDS.flatMap(({ kind, title: kindTitle }) =>
    sizes.map(({ servers, graphs }) => ({ kind, kindTitle, servers, graphs, degree: Math.log(servers) })),
  );
  const groups = plan.map(({ kind, servers, graphs, degree }) =>
    Array.from(
      { length: graphs },
      (_, graph): SpatialRunInput => ({
        ...ofServers(setting, servers),
        kind,
        degree,
        seed: `${seed}/${id}/${kind}/${servers}/${graph}`,
        ...beginning,
        sampleTimes: LOOKS,
        warmUpTime: 0,
        measuringTime: 0,
        predict: false,
      }),
    ),
  );
  const outputs = await mapGroups(runner, spatialRun, groups, progress);
  const cases = plan.map(({ kind, servers, degree, kindTitle }, i): Case => {
    const shown = kind === "regular" ? String(Math.round(degree)) : degree.toFixed(1);
    return { kind, servers, degree, title: `${kindTitle}, N = ${servers} (${shown})`, outputs: outputs[i] };
  });
  const limit = trajectory(setting, startTail);
  return {
    source: `${PAPER}, Figure 3${beginning.startTail === undefined ? "" : " and Corollary 3.11"}`,
    caption:
      "Points: simulated, the mean over independent graphs of mean degree ln N (in brackets), with 95 % intervals. Dashed: the " +
      "differential equations (3.5). The table has the greatest distances of single runs from them.",
    claim:
      "with more servers the process stays closer to the differential equations on both kinds of graphs, although q_3 and q_4 still " +
      "deviate, since the degree grows only logarithmically.",
    parameters: { ...parametersOf(setting), start: text },
    panels: cases.map((one) => ({
      title: one.title,
      x: { label: "time", unit: "time units", scale: "linear", min: 0 },
      y: { label: "fraction of servers with at least i jobs", unit: "", scale: "linear", min: 0 },
      series: LEVELS.flatMap((level) => seriesOf(one, level, limit)),
    })),
    tables: [
      distances(cases, limit),
      courseTable(
        "the differential equations (3.5)",
        cases.flatMap((one) => courses(one, limit)),
      ),
    ],
  };
}

/** The fraction of servers with at least i jobs at time 0, at index i. */
function tailOf({ start, startTail }: Pick<Beginning, "start" | "startTail">): readonly number[] {
  return startTail ?? [1, ...(start?.tail ?? [])];
}

/** The solution of (3.5) at every sampling time. */
function trajectory({ arrivalRate, choices }: SpatialSetting, startTail: readonly number[]): number[][] {
  const solution = new JsqDTrajectory(arrivalRate, choices, startTail);
  return LOOKS.map((time) => solution.at(time));
}

function seriesOf({ outputs }: Case, level: number, limit: readonly (readonly number[])[]): Series[] {
  const drawn = LOOKS.map((time, look) => ({ time, look })).filter(({ look }) => look % DRAWN === 0);
  return [
    {
      quantity: `q_${level}`,
      role: "simulated",
      points: drawn.map(({ time, look }) =>
        pointOf(
          time,
          outputs.map(({ samples }) => samples[look][level] ?? 0),
        ),
      ),
    },
    {
      quantity: `q_${level}`,
      role: "limit",
      points: LOOKS.map((x, look) => ({ x, y: limit[look][level] })),
    },
  ];
}

function courses({ title, outputs }: Case, limit: readonly (readonly number[])[]): Course[] {
  return LEVELS.map((level) => ({
    name: `${title}: q_${level}`,
    times: LOOKS,
    runs: outputs.map(({ samples }) => samples.map((occupancy) => occupancy[level] ?? 0)),
    predicted: limit.map((occupancy) => occupancy[level]),
  }));
}

/** The distances of Theorem 3.10: the greatest sum of squares over levels in a run, and the greatest difference at any level. */
function distances(cases: readonly Case[], limit: readonly (readonly number[])[]): Table {
  const columns = ["graphs", "N", "sup of sum (q_i - limit)^2", "low", "high", "sup of |q_i - limit|", "low", "high"];
  const rows = cases.map(({ kind, servers, outputs }) => {
    const runs = outputs.map(({ samples }) => samples.map((occupancy, look) => differences(occupancy, limit[look])));
    const squares = pointOf(
      0,
      runs.map((run) => Math.max(...run.map((levels) => levels.reduce((sum, d) => sum + d * d, 0)))),
    );
    const greatest = pointOf(
      0,
      runs.map((run) => Math.max(...run.flat())),
    );
    return [
      kind,
      servers,
      ...[squares, greatest].flatMap(({ y, low, high }): (number | null)[] => [y, low ?? null, high ?? null]),
    ];
  });
  return { title: "Greatest distance of a run from the differential equations, until time 20", columns, rows };
}

function differences(occupancy: readonly number[], limit: readonly number[]): number[] {
  const levels = Math.max(occupancy.length, limit.length);
  return Array.from({ length: levels }, (_, level) => Math.abs((occupancy[level] ?? 0) - (limit[level] ?? 0)));
}
