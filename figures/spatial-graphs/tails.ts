import type { ModelTime } from "../../model/units.js";
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
  ARRIVAL_RATE,
  BASE,
  CHOICES,
  DEGREES,
  type DegreeRule,
  KINDS,
  PAPER,
  PARAMETERS,
  pointOf,
  regularTail,
} from "./experiment.js";

const SERVERS = 100_000;
const GRAPHS = 3;
const WARM_UP: ModelTime = 80;
const MEASURING: ModelTime = 60;
const PREVIEW = { servers: 3000, graphs: 2 } as const;
const HIGHEST_LEVEL = 16;
/** Smaller fractions come from too few visits of too few servers. */
const LEAST_FRACTION = 2e-7;

/** Figure 4 of the paper. */
export const tailFigure = figureSource("spatial-graphs/4", "Tail of the queue length in steady state", make);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const servers = preview ? PREVIEW.servers : SERVERS;
  const graphs = preview ? PREVIEW.graphs : GRAPHS;
  const plan = KINDS.flatMap(({ kind }) => DEGREES.map((rule) => ({ kind, rule })));
  const groups = plan.map(({ kind, rule }) =>
    Array.from({ length: graphs }, (_, graph): SpatialRunInput => {
      const runSeed = `${seed}/${tailFigure.id}/${kind}/${rule.label}/${graph}`;
      const times = { warmUpTime: WARM_UP, measuringTime: MEASURING };
      return { ...BASE, ...times, kind, servers, degree: rule.of(servers), seed: runSeed };
    }),
  );
  const outputs = await mapGroups(runner, spatialRun, groups, progress);
  return {
    source: `${PAPER}, Figure 4`,
    caption:
      `Points: simulated, ${servers} servers, between times ${WARM_UP} and ${WARM_UP + MEASURING} from empty, with 95 % intervals over ${graphs} ` +
      "graphs. Dashed: lambda^i of random routing, and the fixed point lambda^(2^i - 1). Lines: the pair approximation for regular " +
      "graphs. Dotted: (lambda/3)^i, a lower bound for degree 3, since a server drawn twice gets the job.",
    claim:
      "on geometric graphs the tail is double exponential for degrees (ln N)^2 and sqrt N, and heavier than lambda^i for 3 and ln N; on " +
      "regular graphs it looks double exponential for every degree, with a smaller d for degree 3. Further out, the tail for degree 3 " +
      "becomes exponential, as the bound implies.",
    parameters: { ...PARAMETERS, servers: String(servers) },
    panels: KINDS.map(({ kind, title }) => ({
      title,
      x: { label: "queue length i", unit: "jobs", scale: "linear", min: 0, max: HIGHEST_LEVEL },
      y: { label: "fraction of servers with at least i jobs", unit: "", scale: "log", min: 1e-7, max: 1 },
      series: [
        ...plan.flatMap((cell, index) => (cell.kind === kind ? [simulatedTail(cell.rule, outputs[index])] : [])),
        ...(kind === "regular" ? DEGREES.map((rule) => pairTail(rule, servers)) : []),
        ...references(kind === "regular"),
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

function pairTail(rule: DegreeRule, servers: number): Series {
  return { quantity: rule.label, role: "refined", points: pointsOf(regularTail(Math.round(rule.of(servers)))) };
}

function references(withBound: boolean): Series[] {
  const levels = Array.from({ length: HIGHEST_LEVEL + 1 }, (_, level) => level);
  return [
    { quantity: "lambda^i", role: "limit", points: pointsOf(levels.map((level) => ARRIVAL_RATE ** level)) },
    { quantity: "fixed point", role: "limit", points: pointsOf(jsqDFixedPoint(ARRIVAL_RATE, CHOICES)) },
    ...(withBound
      ? [
          {
            quantity: DEGREES[0].label,
            role: "bound" as const,
            points: pointsOf(levels.map((level) => (ARRIVAL_RATE / 3) ** level)),
          },
        ]
      : []),
  ];
}

function pointsOf(tail: readonly number[]): Point[] {
  return tail.slice(0, HIGHEST_LEVEL + 1).map((y, x) => ({ x, y }));
}
