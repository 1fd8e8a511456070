import { MOST_MEMBERS, readParameters, wholeNumber } from "../../experiments/parameters.js";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { meanOfTail } from "../../theory/power-of-d/mean-field.js";
import { meanWaitingTimeMG1 } from "../../theory/queues/pollaczek-khinchine.js";
import {
  CONFIDENCE,
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Point,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { averaged } from "../replicated-points.js";
import { PAPER, regularTail, SPATIAL_PARAMETERS, type SpatialSetting } from "./experiment.js";

const { typesPerServer: _, ...SPATIAL } = SPATIAL_PARAMETERS;
/** There are as many task types as servers. */
const SETTABLE = {
  ...SPATIAL,
  servers: {
    ...spatialGraphs.parameters.servers,
    default: "100",
    range: "whole number >= 10",
    parse: wholeNumber(10, MOST_MEMBERS),
  },
};
const graphsOf = (servers: number): readonly Graph[] => [
  { graph: "regular:3", degree: 3 },
  { graph: "regular:10", degree: 10 },
  { graph: "complete", degree: servers },
];
/** By squared coefficient of variation, which is the axis. */
const SIZES = ["constant", "gamma:0.5", "exponential", "gamma:2", "gamma:4", "gamma:8"] as const;
const FULL = { runs: 5, measuringTime: 800 } as const;
const PREVIEW = { runs: 3, measuringTime: 80 } as const;
const WARM_UP = 100;

interface Graph {
  readonly graph: string;
  readonly degree: number;
}

interface Cell {
  readonly graph: Graph;
  readonly sizes: string;
  readonly outputs: readonly SimulationOutput[];
}

/** Mean queues of JSQ(2) on graphs for jobs of other laws than the exponential one. */
export const graphServicesFigure = figureSource(
  "spatial-graphs/services",
  "JSQ(d) on graphs with service times that are not exponential",
  make,
  SETTABLE,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { values, texts } = readParameters(SETTABLE, settings);
  const setting: SpatialSetting = { ...values, replacement: values.replacement === "yes", typesPerServer: 1 };
  const { arrivalRate, servers } = values;
  const graphs = graphsOf(servers);
  const { runs, measuringTime } = preview ? PREVIEW : FULL;
  const plan = graphs.flatMap((graph) => SIZES.map((sizes) => ({ graph, sizes })));
  const groups = plan.map(({ graph, sizes }) =>
    Array.from(
      { length: runs },
      (_, run): SimulationInput => ({
        scenario: spatialGraphs.name,
        settings: { ...texts, graph: graph.graph, sizes },
        seed: `${seed}/${graphServicesFigure.id}/${run}`,
        warmUpTime: WARM_UP * Math.max(1, jobSizeLawNamed(sizes).squaredVariation),
        measuringTime,
        familyConfidence: CONFIDENCE,
      }),
    ),
  );
  const outputs = await mapGroups(runner, simulation, groups, progress);
  const cells = plan.map((cell, i): Cell => ({ ...cell, outputs: outputs[i] }));
  const variations = SIZES.map((sizes) => jobSizeLawNamed(sizes).squaredVariation);
  return {
    source: `${PAPER}, section 1: general service times are left to future research`,
    caption:
      `Points: simulated, ${servers} first-in-first-out servers, with 95 % intervals over ${runs} runs, each with a graph of its own. ` +
      "The single marks at 1 are the approximation for exponential service times (by pairs for two choices). The line is random routing, exactly (M/G/1).",
    claim:
      "the paper proves nothing for service times that are not exponential. The more they vary, the longer are the queues: linearly for random routing, " +
      "and less where there are choices, the less the larger the degree.",
    parameters: texts,
    panels: [
      {
        title: "",
        x: { label: "squared coefficient of variation of service times", unit: "", scale: "linear", min: 0 },
        y: { label: "mean queue length", unit: "jobs", scale: "linear", min: 0 },
        series: [
          ...graphs.flatMap((graph) => seriesOf(setting, cells, graph)),
          {
            quantity: "random routing",
            role: "exact",
            points: variations.map((x) => ({ x, y: arrivalRate * (1 + meanWaitingTimeMG1(arrivalRate, 1, x)) })),
          },
        ],
      },
    ],
    tables: [tableOf(setting, cells)],
  };
}

function pointOf({ sizes, outputs }: Cell): Required<Point> {
  return averaged(jobSizeLawNamed(sizes).squaredVariation, outputs, "mean_queue_length");
}

function seriesOf(setting: SpatialSetting, cells: readonly Cell[], graph: Graph): Series[] {
  const y = meanOfTail(regularTail(setting, graph.degree));
  return [
    { quantity: graph.graph, role: "simulated", points: cells.filter((cell) => cell.graph === graph).map(pointOf) },
    { quantity: graph.graph, role: "refined", mark: "points", points: [{ x: 1, y }] },
  ];
}

function tableOf({ arrivalRate, choices }: SpatialSetting, cells: readonly Cell[]): Table {
  const rows = cells.map((cell) => {
    const { x, y, low, high } = pointOf(cell);
    return [cell.graph.graph, cell.sizes, x, y, low, high];
  });
  const columns = ["graph", "service times", "squared variation", "mean queue", "low", "high"];
  return { title: `Mean queue at lambda = ${arrivalRate}, d = ${choices}`, columns, rows };
}
