import type { ModelTime } from "../../model/units.js";
import { type ViewQuality, viewQuality } from "../../model/view-quality.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { meanOfTail } from "../../theory/jsq-d-mean-field.js";
import { pairApproximation } from "../../theory/pair-approximation.js";
import {
  counter,
  type Figure,
  type FigureOptions,
  type FigureSource,
  type Point,
  type Progress,
  type Series,
} from "../figure.js";
import { ARRIVAL_RATE, CHOICES, CONFIDENCE, PAPER, pointOf } from "./experiment.js";

const SERVERS = 40;
const DEGREE = 4;
const SETTINGS: Readonly<Record<string, string>> = {
  servers: String(SERVERS),
  graph: `regular:${DEGREE}`,
  choices: String(CHOICES),
  arrivalRate: String(ARRIVAL_RATE),
};
/** One that knows of all jobs, some that share servers, and one for each task type. */
const DISPATCHERS = [1, 4, SERVERS] as const;
const FULL = { delays: [0.01, 0.03, 0.1, 0.3, 1, 3, 10], graphs: 10, measuringTime: 600 } as const;
const PREVIEW = { delays: [0.03, 0.3, 3], graphs: 3, measuringTime: 300 } as const;
const WARM_UP: ModelTime = 100;

/** What several runs with so many dispatchers and that delay, one way, have found. */
interface Cell {
  readonly dispatchers: number;
  readonly delay: ModelTime;
  readonly outputs: readonly SimulationOutput[];
}

/** What it costs that the dispatchers' views are old. */
export const stalenessFigure: FigureSource = {
  id: "spatial-graphs/staleness",
  title: "What old views of the queues do to them",
  make,
};

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<Figure> {
  const { delays, graphs, measuringTime } = preview ? PREVIEW : FULL;
  const plan = DISPATCHERS.flatMap((dispatchers) => [0, ...delays].map((delay) => ({ dispatchers, delay })));
  const inputs = plan.flatMap(({ dispatchers, delay }) =>
    Array.from(
      { length: graphs },
      (_, graph): SimulationInput => ({
        scenario: spatialGraphs.name,
        settings: SETTINGS,
        seed: `${seed}/${stalenessFigure.id}/${graph}`,
        warmUpTime: WARM_UP + 10 * delay,
        measuringTime,
        familyConfidence: CONFIDENCE,
        messageDelay: delay === 0 ? { law: "none" } : { law: "constant", time: delay },
        dispatchers,
      }),
    ),
  );
  const outputs = await runner.map(simulation, inputs, counter(inputs.length, progress));
  const cells = plan.map((cell, i): Cell => ({ ...cell, outputs: outputs.slice(i * graphs, (i + 1) * graphs) }));
  const x = { label: "message delay, one way", unit: "time units", scale: "log" } as const;
  return {
    id: stalenessFigure.id,
    title: stalenessFigure.title,
    source: `${PAPER}, section 2, with dispatchers that learn of queues late`,
    caption:
      `Simulated on ${graphs} regular graphs of ${SERVERS} servers and degree ${DEGREE}, the same for all points, with 95 % intervals over ` +
      "graphs. Every message between a dispatcher and a server takes this time; each of several dispatchers believes what a server " +
      "told last, and adds the jobs of its own that were under way then. Lines: the same graphs without delay (band: its interval), " +
      "the pair approximation for them, and random routing, which knows nothing. The error of a view is the queue that a job finds " +
      "at its server less the one that its dispatcher believed in. What the delay adds, in the table, is measured graph by graph.",
    claim:
      "its dispatchers know the queues of their neighbourhoods at once; it does not say what is lost where they hear of them late.",
    parameters: SETTINGS,
    seed,
    confidence: CONFIDENCE,
    panels: [
      {
        title: "queues",
        x,
        y: { label: "mean queue length", unit: "jobs", scale: "linear" },
        series: [...DISPATCHERS.map((dispatchers) => queueSeries(cells, dispatchers)), ...references(cells, delays)],
      },
      {
        title: "views",
        x,
        y: { label: "mean size of a view's error", unit: "jobs", scale: "log" },
        series: DISPATCHERS.filter((dispatchers) => dispatchers > 1).map((dispatchers) =>
          errorSeries(cells, dispatchers),
        ),
      },
    ],
    tables: [tableOf(cells)],
  };
}

const meanQueueOf = ({ estimates }: SimulationOutput): number => estimates.mean_queue_length.value;

const viewOf = (output: SimulationOutput, dispatchers: number): ViewQuality | undefined =>
  output.views && viewQuality(dispatchers, output.views);

function delayed(cells: readonly Cell[], dispatchers: number): Cell[] {
  return cells.filter((cell) => cell.dispatchers === dispatchers && cell.delay > 0);
}

function nameOf(dispatchers: number): string {
  return dispatchers === 1 ? "one dispatcher" : `${dispatchers} dispatchers`;
}

function queueSeries(cells: readonly Cell[], dispatchers: number): Series {
  const points = delayed(cells, dispatchers).map(({ delay, outputs }) => pointOf(delay, outputs.map(meanQueueOf)));
  return { quantity: nameOf(dispatchers), role: "simulated", points };
}

function errorSeries(cells: readonly Cell[], dispatchers: number): Series {
  const points = delayed(cells, dispatchers).map(({ delay, outputs }) =>
    pointOf(delay, errorsOf({ dispatchers, delay, outputs })),
  );
  return { quantity: nameOf(dispatchers), role: "simulated", points };
}

function errorsOf({ dispatchers, outputs }: Cell): number[] {
  return outputs.flatMap((output) => viewOf(output, dispatchers)?.meanAbsoluteError ?? []);
}

/** What does not depend on the delay, over the range of it. */
function references(cells: readonly Cell[], delays: readonly ModelTime[]): Series[] {
  const over = (value: Omit<Point, "x">): Point[] => delays.map((x) => ({ x, ...value }));
  const fresh = cells.filter(({ dispatchers, delay }) => dispatchers === SERVERS && delay === 0);
  const { y, low, high } = pointOf(
    0,
    fresh.flatMap(({ outputs }) => outputs.map(meanQueueOf)),
  );
  const band = low === undefined || high === undefined ? {} : { low, high };
  const system = { arrivalRate: ARRIVAL_RATE, typeDegree: DEGREE, serverDegree: DEGREE, replacement: true };
  return [
    { quantity: "no delay", role: "simulated", mark: "line", points: over({ y, ...band }) },
    { quantity: "no delay", role: "refined", points: over({ y: meanOfTail(pairApproximation(system).tail) }) },
    { quantity: "random routing", role: "exact", points: over({ y: ARRIVAL_RATE / (1 - ARRIVAL_RATE) }) },
  ];
}

function tableOf(cells: readonly Cell[]): Figure["tables"][number] {
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const columns = ["dispatchers", "delay", "mean queue", "low", "high", "added by the delay", "low", "high"];
  return {
    title: "Queues and views",
    columns: [...columns, "age of a view", "size of its error", "part of jobs for which it is wrong"],
    rows: cells.map((cell) => {
      const { dispatchers, delay, outputs } = cell;
      const queue = pointOf(delay, outputs.map(meanQueueOf));
      const added = delay === 0 ? { y: 0 } : pointOf(delay, addedQueues(cells, cell));
      const views = outputs.flatMap((output) => viewOf(output, dispatchers) ?? []);
      const ages = views.flatMap(({ meanAge }) => meanAge ?? []);
      const wrong = views.flatMap(({ wrongFraction }) => wrongFraction ?? []);
      return [
        ...[dispatchers, delay],
        ...[queue, added].flatMap(({ y, low, high }: Omit<Point, "x">) => [y, low ?? null, high ?? null]),
        ...[mean(ages), mean(errorsOf(cell)), mean(wrong)],
      ];
    }),
  };
}

/** By graph: the mean queue less the one that there is without delay. */
function addedQueues(cells: readonly Cell[], { dispatchers, outputs }: Cell): number[] {
  const prompt = cells.find((cell) => cell.dispatchers === dispatchers && cell.delay === 0)?.outputs ?? [];
  return outputs.map((output, graph) => meanQueueOf(output) - meanQueueOf(prompt[graph]));
}
