import { MOST_MEMBERS, readParameters, wholeNumber } from "../../experiments/parameters.js";
import type { ModelTime } from "../../model/units.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { type SpatialRunInput, type SpatialRunOutput, spatialRun } from "../../simulator/spatial-run.js";
import { jsqDFixedPoint, meanOfTail } from "../../theory/power-of-d/mean-field.js";
import {
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { listOf } from "../parameters.js";
import {
  DEGREES,
  type DegreeRule,
  hasSteadyState,
  KINDS,
  ofServers,
  PAPER,
  parametersOf,
  pointOf,
  regularTail,
  SPATIAL_PARAMETERS,
  type SpatialSetting,
  settingOf,
} from "./experiment.js";

const SERVERS = [30, 100, 300, 1000, 3000, 10_000] as const;
/** The same for all, so that unstable graphs are compared at the same time. */
const WARM_UP: ModelTime = 100;
const MEASURING: ModelTime = 200;
/** Total number of servers over the graphs of a point, and minimum number of graphs. */
const SERVERS_PER_POINT = 20_000;
const FEWEST_GRAPHS = 6;
const MOST_GRAPHS = 200;
const PREVIEW = { servers: [100, 1000], graphs: 6 } as const;
const PARAMETERS = {
  ...SPATIAL_PARAMETERS,
  servers: listOf({ ...spatialGraphs.parameters.servers, parse: wholeNumber(3, MOST_MEMBERS) }, SERVERS),
};
/** Above this size, computing independent queues on a graph takes longer than the simulation. */
const PREDICTED_UP_TO = 1000;

/** The runs of one point of the figure. */
interface Cell {
  readonly kind: SpatialRunInput["kind"];
  readonly rule: DegreeRule;
  readonly servers: number;
  readonly outputs: readonly SpatialRunOutput[];
}

/** Figure 2 of the paper. */
export const meanQueueFigure = figureSource(
  "spatial-graphs/2",
  "Mean queue in steady state against the number of servers",
  make,
  PARAMETERS,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { values } = readParameters(PARAMETERS, settings);
  const setting = settingOf(values);
  const sizes = preview && settings.servers === undefined ? PREVIEW.servers : values.servers;
  const plan = KINDS.flatMap(({ kind }) =>
    DEGREES.flatMap((rule) => sizes.map((servers) => ({ kind, rule, servers, graphs: graphsAt(servers, preview) }))),
  );
  const groups = plan.map(({ kind, rule, servers, graphs }) =>
    Array.from({ length: graphs }, (_, graph): SpatialRunInput => {
      const runSeed = `${seed}/${meanQueueFigure.id}/${kind}/${rule.label}/${servers}/${graph}`;
      const predict =
        kind === "geometric" && servers <= PREDICTED_UP_TO && graph < FEWEST_GRAPHS && hasSteadyState(kind, rule);
      const times = { warmUpTime: WARM_UP, measuringTime: MEASURING };
      return {
        ...{ ...ofServers(setting, servers), ...times, kind, degree: rule.of(servers), seed: runSeed },
        ...{ sampleTimes: [], predict },
      };
    }),
  );
  const outputs = await mapGroups(runner, spatialRun, groups, progress);
  const cells = plan.map(({ kind, rule, servers }, i): Cell => ({ kind, rule, servers, outputs: outputs[i] }));
  return {
    source: `${PAPER}, Figure 2`,
    caption:
      `Points: simulated on independent graphs, between times ${WARM_UP} and ${WARM_UP + MEASURING} from empty, with 95 % intervals over ` +
      "graphs. Dashed: the mean-field fixed point. Lines: on regular graphs the pair approximation, on geometric ones independent " +
      "queues on the same graphs, up to 1000 servers. Geometric graphs of degree 3, and many of degree ln N, have task types " +
      "without any server, whose jobs are left out, and permanently overloaded sets of servers, as do small ones of degree sqrt N: " +
      "they are unstable, and their points are for this time window only. The table counts them.",
    claim:
      "the mean queue converges to the fixed point for degrees (ln N)^2 and sqrt N on both kinds of graphs, for ln N on regular graphs, and " +
      "slowly if at all on geometric ones; for degree 3 on neither.",
    parameters: parametersOf(setting),
    panels: KINDS.map(({ kind, title }) => ({
      title,
      x: { label: "number of servers N", unit: "", scale: "log" },
      y: { label: "mean queue length", unit: "jobs", scale: kind === "geometric" ? "log" : "linear" },
      series: [
        ...DEGREES.flatMap((rule) =>
          seriesOf(
            setting,
            cells.filter((cell) => cell.kind === kind && cell.rule === rule),
          ),
        ),
        limitSeries(setting, sizes),
      ],
    })),
    tables: [tableOf(setting, cells)],
  };
}

function graphsAt(servers: number, preview: boolean): number {
  if (preview) return PREVIEW.graphs;
  return Math.min(MOST_GRAPHS, Math.max(FEWEST_GRAPHS, Math.ceil(SERVERS_PER_POINT / servers)));
}

function seriesOf(setting: SpatialSetting, cells: readonly Cell[]): Series[] {
  const [{ rule }] = cells;
  const simulated: Series = {
    quantity: rule.label,
    role: "simulated",
    points: cells.map(({ servers, outputs }) =>
      pointOf(
        servers,
        outputs.map(({ meanQueueLength }) => meanQueueLength),
      ),
    ),
  };
  const predicted = cells.flatMap((cell) => {
    const y = predictedMean(setting, cell);
    return y === undefined ? [] : [{ x: cell.servers, y }];
  });
  if (predicted.length === 0) return [simulated];
  return [simulated, { quantity: rule.label, role: "refined", points: predicted }];
}

function predictedMean(setting: SpatialSetting, { kind, rule, servers, outputs }: Cell): number | undefined {
  if (kind === "regular") return meanOfTail(regularTail(setting, Math.round(rule.of(servers))));
  const means = outputs.map((output) => output.predictedMean).filter((mean) => mean !== null);
  return means.length === 0 ? undefined : means.reduce((sum, mean) => sum + mean, 0) / means.length;
}

function limitSeries({ arrivalRate, choices }: SpatialSetting, sizes: readonly number[]): Series {
  const y = meanOfTail(jsqDFixedPoint(arrivalRate, choices));
  return { quantity: "fixed point", role: "limit", points: sizes.map((x) => ({ x, y })) };
}

function tableOf(setting: SpatialSetting, cells: readonly Cell[]): Table {
  return {
    title: "Simulated means and properties of the graphs",
    columns: [
      "graphs",
      "degree",
      "N",
      "mean degree",
      "mean queue",
      "low",
      "high",
      "predicted",
      "graphs",
      "unstable",
      "isolated types",
    ],
    rows: cells.map((cell) => {
      const { kind, rule, servers, outputs } = cell;
      const { y, low, high } = pointOf(
        servers,
        outputs.map(({ meanQueueLength }) => meanQueueLength),
      );
      const degree = kind === "regular" ? Math.round(rule.of(servers)) : rule.of(servers);
      const unstable = outputs.filter(({ stability }) => stability === "unstable").length;
      const isolated = outputs.reduce((sum, { isolatedTypes }) => sum + isolatedTypes, 0) / outputs.length;
      const predicted = predictedMean(setting, cell) ?? null;
      return [
        kind,
        rule.label,
        servers,
        degree,
        y,
        low ?? null,
        high ?? null,
        predicted,
        outputs.length,
        unstable,
        isolated,
      ];
    }),
  };
}
