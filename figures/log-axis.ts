import type { Axis, Series } from "./figure.js";

/** Up to this many decades, 2 and 5 of each are labelled too. */
const FEW_DECADES = 2;
/** More decades than this have no minor ticks. */
const MANY_DECADES = 8;

/** Where a logarithmic axis begins and ends, and its ticks. */
export interface LogAxis {
  readonly min: number;
  readonly max: number;
  readonly labelled: readonly number[];
  /** All ticks, labelled or not. */
  readonly ticks: readonly number[];
}

/** An axis around all positive data of a panel: labels at powers of ten, minor ticks at their multiples. */
export function logAxis(axis: Axis, series: readonly Series[], direction: "x" | "y"): LogAxis {
  const values = series
    .flatMap(({ points }) => points.map((point) => point[direction]))
    .filter((value) => value > 0 && Number.isFinite(value));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [min, max] = [axis.min ?? roundDown(least), axis.max ?? roundUp(most)];
  if (values.length === 0 || !(min < max)) return { min: 0.1, max: 1, labelled: [0.1, 1], ticks: [0.1, 1] };
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const inside = (tick: number): boolean => tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9);
  const multiples = (digits: readonly number[]): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => digits.map((digit) => Number(`${digit}e${first + i}`)))
      .flat()
      .filter(inside);
  const decades = Math.log10(max / min);
  const every = Math.ceil(decades / MANY_DECADES);
  const powers = multiples([1]).filter((_, i) => i % every === 0);
  return {
    min,
    max,
    labelled: decades <= FEW_DECADES ? multiples([1, 2, 5]) : powers,
    ticks: decades <= MANY_DECADES ? multiples([1, 2, 3, 4, 5, 6, 7, 8, 9]) : powers,
  };
}

/** To 1, 2 or 5 times a power of ten, with room for a marker. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value / 1.1));
  return tidy(power * ([5, 2, 1].find((digit) => digit * power <= value / 1.1) ?? 1));
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value * 1.1));
  return tidy(power * ([1, 2, 5].find((digit) => digit * power >= value * 1.1) ?? 10));
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
