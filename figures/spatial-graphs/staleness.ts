import { readParameters, wholeNumber } from "../../experiments/parameters.js";
import { UserError } from "../../model/errors.js";
import type { ModelTime } from "../../model/units.js";
import { type ViewQuality, viewQuality } from "../../model/view-quality.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { meanOfTail } from "../../theory/power-of-d/mean-field.js";
import {
  CONFIDENCE,
  type Figure,
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Point,
  type Progress,
  type Series,
} from "../figure.js";
import { PAPER, pointOf, regularTail, SPATIAL_PARAMETERS, type SpatialSetting } from "./experiment.js";

const { typesPerServer: _, ...SPATIAL } = SPATIAL_PARAMETERS;
/** There are as many task types as servers. */
const SETTABLE = {
  ...SPATIAL,
  servers: { ...spatialGraphs.parameters.servers, default: "40", range: "whole number >= 5", parse: wholeNumber(5) },
  degree: {
    ...{ description: "servers that can serve a task type", unit: "", default: "4", range: "whole number >= 1" },
    parse: wholeNumber(1),
  },
};
/** One that knows of all jobs, several that share servers, and one per task type. */
const dispatchersOf = (servers: number): readonly number[] => [1, 4, servers];
const FULL = { delays: [0.01, 0.03, 0.1, 0.3, 1, 3, 10], graphs: 10, measuringTime: 600 } as const;
const PREVIEW = { delays: [0.03, 0.3, 3], graphs: 3, measuringTime: 300 } as const;
const WARM_UP: ModelTime = 100;

/** The results of several runs with a number of dispatchers and a one-way delay. */
interface Cell {
  readonly dispatchers: number;
  readonly delay: ModelTime;
  readonly outputs: readonly SimulationOutput[];
}

/** The cost of stale views at the dispatchers. */
export const stalenessFigure = figureSource(
  "spatial-graphs/staleness",
  "The effect of stale views on queues",
  make,
  SETTABLE,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { values, texts } = readParameters(SETTABLE, settings);
  const { servers, degree } = values;
  if (degree > servers) throw new UserError(`degree = ${degree}: there are ${servers} servers`);
  const { degree: __, ...ofScenario } = texts;
  const parameters = { ...ofScenario, graph: `regular:${degree}` };
  const counts = dispatchersOf(servers);
  const { delays, graphs, measuringTime } = preview ? PREVIEW : FULL;
  const plan = counts.flatMap((dispatchers) => [0, ...delays].map((delay) => ({ dispatchers, delay })));
  const groups = plan.map(({ dispatchers, delay }) =>
    Array.from(
      { length: graphs },
      (_, graph): SimulationInput => ({
        scenario: spatialGraphs.name,
        settings: parameters,
        seed: `${seed}/${stalenessFigure.id}/${graph}`,
        warmUpTime: WARM_UP + 10 * delay,
        measuringTime,
        familyConfidence: CONFIDENCE,
        messageDelay: delay === 0 ? { law: "none" } : { law: "constant", time: delay },
        dispatchers,
      }),
    ),
  );
  const outputs = await mapGroups(runner, simulation, groups, progress);
  const cells = plan.map((cell, i): Cell => ({ ...cell, outputs: outputs[i] }));
  const x = { label: "one-way message delay", unit: "time units", scale: "log" } as const;
  return {
    source: `${PAPER}, section 2, with dispatchers that see queues with a delay`,
    caption:
      `Simulated on ${graphs} regular graphs of ${servers} servers and degree ${degree}, the same for all points, with 95 % intervals over ` +
      "graphs. Every message between a dispatcher and a server takes this time; each of several dispatchers takes the last queue " +
      "length a server reported and adds its own jobs then under way. Lines: the same graphs without delay (band: its interval), " +
      "the pair approximation for them, and random routing, which uses no information. The error of a view is the queue length that a " +
      "job finds at its server minus the one its dispatcher assumed. The table gives the effect of the delay, paired by graph.",
    claim:
      "its dispatchers see the queues of their neighbourhoods without delay; it does not consider the cost of delays.",
    parameters,
    panels: [
      {
        title: "queues",
        x,
        y: { label: "mean queue length", unit: "jobs", scale: "linear" },
        series: [
          ...counts.map((dispatchers) => queueSeries(cells, dispatchers)),
          ...references(cells, delays, { ...values, replacement: values.replacement === "yes", typesPerServer: 1 }),
        ],
      },
      {
        title: "views",
        x,
        y: { label: "mean absolute error of a view", unit: "jobs", scale: "log" },
        series: counts.filter((dispatchers) => dispatchers > 1).map((dispatchers) => errorSeries(cells, dispatchers)),
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

/** Values independent of the delay, over its range. */
function references(
  cells: readonly Cell[],
  delays: readonly ModelTime[],
  setting: SpatialSetting & { readonly servers: number; readonly degree: number },
): Series[] {
  const { arrivalRate, servers, degree } = setting;
  const over = (value: Omit<Point, "x">): Point[] => delays.map((x) => ({ x, ...value }));
  const fresh = cells.filter(({ dispatchers, delay }) => dispatchers === servers && delay === 0);
  const { y, low, high } = pointOf(
    0,
    fresh.flatMap(({ outputs }) => outputs.map(meanQueueOf)),
  );
  const band = low === undefined || high === undefined ? {} : { low, high };
  return [
    { quantity: "no delay", role: "simulated", mark: "line", points: over({ y, ...band }) },
    { quantity: "no delay", role: "refined", points: over({ y: meanOfTail(regularTail(setting, degree)) }) },
    { quantity: "random routing", role: "exact", points: over({ y: arrivalRate / (1 - arrivalRate) }) },
  ];
}

function tableOf(cells: readonly Cell[]): Figure["tables"][number] {
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const columns = ["dispatchers", "delay", "mean queue", "low", "high", "added by the delay", "low", "high"];
  return {
    title: "Queues and views",
    columns: [...columns, "age of a view", "absolute error", "fraction of jobs with an error"],
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

/** By graph: the mean queue minus that without delay. */
function addedQueues(cells: readonly Cell[], { dispatchers, outputs }: Cell): number[] {
  const prompt = cells.find((cell) => cell.dispatchers === dispatchers && cell.delay === 0)?.outputs ?? [];
  return outputs.map((output, graph) => meanQueueOf(output) - meanQueueOf(prompt[graph]));
}
