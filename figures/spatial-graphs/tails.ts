import { MOST_MEMBERS, readParameters, wholeNumber } from "../../experiments/parameters.js";
import type { ModelTime } from "../../model/units.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { type SpatialRunInput, type SpatialRunOutput, spatialRun } from "../../simulator/spatial-run.js";
import { jsqDFixedPoint } from "../../theory/power-of-d/mean-field.js";
import {
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Point,
  type Progress,
  type Series,
} from "../figure.js";
import {
  DEGREES,
  type DegreeRule,
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

const SERVERS = 100_000;
const PARAMETERS = {
  ...SPATIAL_PARAMETERS,
  servers: { ...spatialGraphs.parameters.servers, default: String(SERVERS), parse: wholeNumber(3, MOST_MEMBERS) },
};
const GRAPHS = 3;
const WARM_UP: ModelTime = 80;
const MEASURING: ModelTime = 60;
const PREVIEW = { servers: 3000, graphs: 2 } as const;
const HIGHEST_LEVEL = 16;
/** Smaller fractions come from too few visits of too few servers. */
const LEAST_FRACTION = 2e-7;

/** Figure 4 of the paper. */
export const tailFigure = figureSource(
  "spatial-graphs/4",
  "Tail of the queue length in steady state",
  make,
  PARAMETERS,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { values } = readParameters(PARAMETERS, settings);
  const setting = settingOf(values);
  const servers = preview && settings.servers === undefined ? PREVIEW.servers : values.servers;
  const graphs = preview ? PREVIEW.graphs : GRAPHS;
  const plan = KINDS.flatMap(({ kind }) => DEGREES.map((rule) => ({ kind, rule })));
  const groups = plan.map(({ kind, rule }) =>
    Array.from({ length: graphs }, (_, graph): SpatialRunInput => {
      const runSeed = `${seed}/${tailFigure.id}/${kind}/${rule.label}/${graph}`;
      const times = { warmUpTime: WARM_UP, measuringTime: MEASURING };
      return {
        ...{ ...ofServers(setting, servers), ...times, kind, degree: rule.of(servers), seed: runSeed },
        ...{ sampleTimes: [], predict: false },
      };
    }),
  );
  const outputs = await mapGroups(runner, spatialRun, groups, progress);
  return {
    source: `${PAPER}, Figure 4`,
    caption:
      `Points: simulated, ${servers} servers, between times ${WARM_UP} and ${WARM_UP + MEASURING} from empty, with 95 % intervals over ${graphs} ` +
      "graphs. Dashed: lambda^i of random routing, and the fixed point. Lines: the pair approximation for regular " +
      "graphs. Dotted: (lambda/3^(d - 1))^i, a lower bound for degree 3, since a server that all draws hit gets the job.",
    claim:
      "on geometric graphs the tail is double exponential for degrees (ln N)^2 and sqrt N, and heavier than lambda^i for 3 and ln N; on " +
      "regular graphs it looks double exponential for every degree, with a smaller d for degree 3. Further out, the tail for degree 3 " +
      "becomes exponential, as the bound implies.",
    parameters: { ...parametersOf(setting), servers: String(servers) },
    panels: KINDS.map(({ kind, title }) => ({
      title,
      x: { label: "queue length i", unit: "jobs", scale: "linear", min: 0, max: HIGHEST_LEVEL },
      y: { label: "fraction of servers with at least i jobs", unit: "", scale: "log", min: 1e-7, max: 1 },
      series: [
        ...plan.flatMap((cell, index) => (cell.kind === kind ? [simulatedTail(cell.rule, outputs[index])] : [])),
        ...(kind === "regular" ? DEGREES.map((rule) => pairTail(setting, rule, servers)) : []),
        ...references(setting, kind === "regular"),
      ],
    })),
    tables: [],
  };
}

function simulatedTail(rule: DegreeRule, outputs: readonly SpatialRunOutput[]): Series {
  const points = Array.from({ length: HIGHEST_LEVEL + 1 }, (_, level) =>
    pointOf(
      level,
      outputs.map(({ queueTail }) => queueTail[level] ?? 0),
    ),
  );
  return { quantity: rule.label, role: "simulated", points: points.filter(({ y }) => y > LEAST_FRACTION) };
}

function pairTail(setting: SpatialSetting, rule: DegreeRule, servers: number): Series {
  return {
    quantity: rule.label,
    role: "refined",
    points: pointsOf(regularTail(setting, Math.round(rule.of(servers)))),
  };
}

function references({ arrivalRate, choices, replacement }: SpatialSetting, isRegular: boolean): Series[] {
  const levels = Array.from({ length: HIGHEST_LEVEL + 1 }, (_, level) => level);
  return [
    { quantity: "lambda^i", role: "limit", points: pointsOf(levels.map((level) => arrivalRate ** level)) },
    { quantity: "fixed point", role: "limit", points: pointsOf(jsqDFixedPoint(arrivalRate, choices)) },
    ...(isRegular && replacement
      ? [
          {
            quantity: DEGREES[0].label,
            role: "bound" as const,
            points: pointsOf(levels.map((level) => (arrivalRate / 3 ** (choices - 1)) ** level)),
          },
        ]
      : []),
  ];
}

function pointsOf(tail: readonly number[]): Point[] {
  return tail.slice(0, HIGHEST_LEVEL + 1).map((y, x) => ({ x, y }));
}
