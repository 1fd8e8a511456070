import { type ParameterDefinitions, readParameters } from "../experiments/parameters.js";
import { UserError } from "../model/errors.js";
import type { Runner, Task } from "../simulator/parallel/task.js";

/** The origin of a series: a kind of measurement or a kind of prediction. */
export type SeriesRole = "simulated" | "live" | "limit" | "refined" | "exact" | "bound" | "paper";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The confidence interval of a measurement, or the error band of a prediction. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  /** The quantity, e.g. "mean rate". Series of one quantity share a colour, series of one name a legend entry. */
  readonly quantity: string;
  readonly role: SeriesRole;
  /** Points with error bars, or a line with a band; by default points for measurements, lines for predictions. */
  readonly mark?: "points" | "line";
  /** In order of x. */
  readonly points: readonly Point[];
}

export interface Axis {
  readonly label: string;
  /** "" for a pure number. */
  readonly unit: string;
  readonly scale: "linear" | "log";
  /** Limits of the axis; by default from the data. */
  readonly min?: number;
  readonly max?: number;
  /** Names for 1, 2, ... on a categorical axis. */
  readonly names?: readonly string[];
}

/** One system of axes with its series. */
export interface Panel {
  /** "" if the figure has only one panel. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The data of a figure, sufficient to render it. */
export interface Figure {
  /** Scenario and number, e.g. "rate-scaling/2a". */
  readonly id: string;
  readonly title: string;
  /** The figure of the paper that it reproduces, or the source of its theory. */
  readonly source: string;
  /** What it shows and how it was computed. */
  readonly caption: string;
  /** The paper's claim, in our words. */
  readonly claim: string;
  /** Parameters common to all its runs, in the syntax of `--set`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
  /** Set if it was made of fewer points and shorter runs, and so is not for quoting. */
  readonly isPreview?: true;
  /** Individual confidence of each interval. */
  readonly confidence: number;
  readonly panels: readonly Panel[];
  readonly tables: readonly Table[];
}

export interface FigureOptions {
  readonly seed: string;
  /** Values of parameters of the figure other than its own, in the syntax of `--set`; none if left out. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Fewer points and shorter runs: a preview within seconds. */
  readonly preview: boolean;
  readonly runner: Runner;
}

/** Receives the fraction of the work that is done. */
export type Progress = (done: number) => void;

/** Returns a function to be called after each of this many equal pieces of work, which updates `progress`. */
export function counter(total: number, progress: Progress): () => void {
  let done = 0;
  return () => progress(++done / total);
}

/** Does a task for the inputs of several groups, on all threads together. The outputs are in groups as the inputs are. */
export async function mapGroups<I, O>(
  runner: Runner,
  task: Task<I, O>,
  groups: readonly (readonly I[])[],
  progress: Progress,
): Promise<O[][]> {
  const inputs = groups.flat();
  const outputs = await runner.map(task, inputs, counter(inputs.length, progress));
  let taken = 0;
  return groups.map(({ length }) => {
    taken += length;
    return outputs.slice(taken - length, taken);
  });
}

/** A figure that can be made. */
export interface FigureSource {
  readonly id: string;
  readonly title: string;
  /** What a user may set of it. */
  readonly parameters: ParameterDefinitions;
  /** @throws UserError if a setting is unknown or out of range */
  make(options: FigureOptions, progress: Progress): Promise<Figure>;
}

/** Of each interval in a figure, by itself. */
export const CONFIDENCE = 0.95;

/** A figure but for what is known before it is made. */
export type FigureContent = Omit<Figure, "id" | "title" | "seed" | "confidence" | "isPreview">;

/**
 * The source of the figure with what `content` makes.
 *
 * @param parameters what a user may set, which `content` reads from its options; nothing if left out
 */
export function figureSource(
  id: string,
  title: string,
  content: (options: FigureOptions, progress: Progress) => Promise<FigureContent>,
  parameters: ParameterDefinitions = {},
): FigureSource {
  return {
    ...{ id, title, parameters },
    async make(options, progress) {
      const { settings = {} } = options;
      const names = Object.keys(settings);
      if (names.length > 0 && Object.keys(parameters).length === 0)
        throw new UserError(
          `figure ${id} has no parameters to set: leave out --set ${names[0]}; for other values, equipoise sweep ${id.split("/", 1)[0]}`,
        );
      readParameters(parameters, settings);
      const { panels, tables, ...about } = await content(options, progress);
      return {
        ...{ id, title, ...about, seed: options.seed, ...(options.preview ? { isPreview: true as const } : {}) },
        parameters: { ...about.parameters, ...settings },
        confidence: CONFIDENCE,
        panels: panels.map((panel) => ({ ...panel, series: panel.series.map(finiteSeries) })),
        tables: tables.map((table) => ({ ...table, rows: table.rows.map((row) => row.map(finiteOrNull)) })),
      };
    },
  };
}

/** A series without intervals of infinite width, which too few or too equal runs give, and without points that have no value. */
function finiteSeries(series: Series): Series {
  return {
    ...series,
    points: series.points
      .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
      .map(({ x, y, low = Number.NaN, high = Number.NaN }) =>
        Number.isFinite(low) && Number.isFinite(high) ? { x, y, low, high } : { x, y },
      ),
  };
}

function finiteOrNull<T>(cell: T): T | null {
  return typeof cell === "number" && !Number.isFinite(cell) ? null : cell;
}

const MEASURED: ReadonlySet<SeriesRole> = new Set(["simulated", "live", "paper"]);

/** How a series is drawn. */
export function markOf({ mark, role }: Series): "points" | "line" {
  return mark ?? (MEASURED.has(role) ? "points" : "line");
}

/** The legend entry of a series, e.g. "mean rate, refined". */
export function nameOf({ quantity, role }: Series): string {
  return `${quantity}, ${role}`;
}

/** The axis title, e.g. "arrival rate (per time unit)". */
export function axisName({ label, unit }: Axis): string {
  return unit === "" ? label : `${label} (${unit})`;
}
