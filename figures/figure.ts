import type { Runner } from "../simulator/parallel/task.js";

/** Where the points of a series come from: kinds of measurement, and kinds of prediction. */
export type SeriesRole = "simulated" | "live" | "limit" | "refined" | "exact" | "bound" | "paper";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The confidence interval of a measurement, or a prediction and how far it may be off. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  /** What it is of, e.g. "mean rate". Series of one quantity share a colour, and those of one name a legend entry. */
  readonly quantity: string;
  readonly role: SeriesRole;
  /** Points with error bars, or a line with a band; by the role if left out: points for what was measured. */
  readonly mark?: "points" | "line";
  /** In the order of x. */
  readonly points: readonly Point[];
}

export interface Axis {
  readonly label: string;
  /** "" for a pure number. */
  readonly unit: string;
  readonly scale: "linear" | "log";
  /** Where the axis starts and ends; by the data if left out. */
  readonly min?: number;
  readonly max?: number;
  /** What 1, 2, ... stand for, where the axis lists things and is no scale. */
  readonly names?: readonly string[];
}

/** One system of axes with its series. */
export interface Panel {
  /** "" where a figure has one panel only. */
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

/** The data of a figure: all that a renderer needs, and all that somebody needs who wants to draw it otherwise. */
export interface Figure {
  /** Scenario and number, e.g. "rate-scaling/2a". */
  readonly id: string;
  readonly title: string;
  /** The paper's figure that it reproduces, or where its theory is from. */
  readonly source: string;
  /** What it shows and how it was made. */
  readonly caption: string;
  /** What the paper says of it, in our words. */
  readonly claim: string;
  /** What held in every run of it, as `--set` takes it. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
  /** Of each interval by itself. */
  readonly confidence: number;
  readonly panels: readonly Panel[];
  readonly tables: readonly Table[];
}

export interface FigureOptions {
  readonly seed: string;
  /** Fewer points and shorter runs: a first look within seconds. */
  readonly preview: boolean;
  readonly runner: Runner;
}

/** Told how much of the work is done, as a part of 1. */
export type Progress = (done: number) => void;

/** Tells `progress` of every call, one for each of so many equal pieces of work. */
export function counter(total: number, progress: Progress): () => void {
  let done = 0;
  return () => {
    done++;
    progress(done / total);
  };
}

/** A figure that can be made. */
export interface FigureSource {
  readonly id: string;
  readonly title: string;
  make(options: FigureOptions, progress: Progress): Promise<Figure>;
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

/** The axis as it is written beside it, e.g. "arrival rate (per time unit)". */
export function axisName({ label, unit }: Axis): string {
  return unit === "" ? label : `${label} (${unit})`;
}
