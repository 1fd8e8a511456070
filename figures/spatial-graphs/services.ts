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
import { OF_PAPER, PAPER, parametersOf, regularTail } from "./experiment.js";

const SERVERS = 100;
const { arrivalRate: ARRIVAL_RATE } = OF_PAPER;
const GRAPHS = [
  { graph: "regular:3", degree: 3 },
  { graph: "regular:10", degree: 10 },
  { graph: "complete", degree: SERVERS },
] as const;
/** By squared coefficient of variation, which is the axis. */
const SIZES = ["constant", "gamma:0.5", "exponential", "gamma:2", "gamma:4", "gamma:8"] as const;
const FULL = { runs: 5, measuringTime: 800 } as const;
const PREVIEW = { runs: 3, measuringTime: 80 } as const;
const WARM_UP = 100;

interface Cell {
  readonly graph: (typeof GRAPHS)[number];
  readonly sizes: string;
  readonly outputs: readonly SimulationOutput[];
}

/** Mean queues of JSQ(2) on graphs for jobs of other laws than the exponential one. */
export const graphServicesFigure = figureSource(
  "spatial-graphs/services",
  "JSQ(2) on graphs with service times that are not exponential",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const { runs, measuringTime } = preview ? PREVIEW : FULL;
  const plan = GRAPHS.flatMap((graph) => SIZES.map((sizes) => ({ graph, sizes })));
  const groups = plan.map(({ graph, sizes }) =>
    Array.from(
      { length: runs },
      (_, run): SimulationInput => ({
        scenario: spatialGraphs.name,
        settings: { servers: String(SERVERS), graph: graph.graph, arrivalRate: String(ARRIVAL_RATE), sizes },
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
      `Points: simulated, ${SERVERS} first-in-first-out servers, with 95 % intervals over ${runs} runs, each with a graph of its own. ` +
      "The single marks at 1 are the pair approximation for exponential service times. The line is random routing, exactly (M/G/1).",
    claim:
      "the paper proves nothing for service times that are not exponential. The more they vary, the longer are the queues: linearly for random routing, " +
      "and less for two choices, the less the larger the degree.",
    parameters: { ...parametersOf(OF_PAPER), servers: String(SERVERS) },
    panels: [
      {
        title: "",
        x: { label: "squared coefficient of variation of service times", unit: "", scale: "linear", min: 0 },
        y: { label: "mean queue length", unit: "jobs", scale: "linear", min: 0 },
        series: [
          ...GRAPHS.flatMap((graph) => seriesOf(cells, graph)),
          {
            quantity: "random routing",
            role: "exact",
            points: variations.map((x) => ({ x, y: ARRIVAL_RATE * (1 + meanWaitingTimeMG1(ARRIVAL_RATE, 1, x)) })),
          },
        ],
      },
    ],
    tables: [tableOf(cells)],
  };
}

function pointOf({ sizes, outputs }: Cell): Required<Point> {
  return averaged(jobSizeLawNamed(sizes).squaredVariation, outputs, "mean_queue_length");
}

function seriesOf(cells: readonly Cell[], graph: Cell["graph"]): Series[] {
  const y = meanOfTail(regularTail(OF_PAPER, graph.degree));
  return [
    { quantity: graph.graph, role: "simulated", points: cells.filter((cell) => cell.graph === graph).map(pointOf) },
    { quantity: graph.graph, role: "refined", mark: "points", points: [{ x: 1, y }] },
  ];
}

function tableOf(cells: readonly Cell[]): Table {
  const rows = cells.map((cell) => {
    const { x, y, low, high } = pointOf(cell);
    return [cell.graph.graph, cell.sizes, x, y, low, high];
  });
  const columns = ["graph", "service times", "squared variation", "mean queue", "low", "high"];
  return { title: `Mean queue at lambda = ${ARRIVAL_RATE}, d = ${OF_PAPER.choices}`, columns, rows };
}
