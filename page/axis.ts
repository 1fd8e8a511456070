/** A run does not resolve fractions below this power of ten. */
const LEAST_EXPONENT = -9;
/** Maximum number of ticks on a logarithmic axis. */
const MOST_MARKS = 6;

/** The range of the data with a margin, and a minimum span so that noise does not fill the chart. */
export function valueRange(low: number | null, high: number | null, fromZero: boolean): [number, number] {
  if (low === null || high === null || (fromZero && low === 0 && high === 0)) return [0, 1];
  const least = fromZero ? Math.min(0, low) : low;
  const span = Math.max(high - least, 1e-3 * Math.max(Math.abs(high), Math.abs(least)), 1e-9);
  return [fromZero && least === 0 ? 0 : least - 0.06 * span, high + 0.06 * span];
}

/** Whole powers of ten around positive values, [0.1, 1] if there are none. */
export function decades(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !(low > 0 && high < Number.POSITIVE_INFINITY)) return [0.1, 1];
  const first = Math.max(LEAST_EXPONENT, Math.floor(Math.log10(low)));
  return [10 ** first, 10 ** Math.max(Math.ceil(Math.log10(high)), first + 1)];
}

/** The ticks of a logarithmic axis. uPlot's own loop for ever from a lower end that is not an exact power of ten. */
export function powersOfTen(low: number, high: number): number[] {
  const [first, last] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const step = Math.ceil((last - first) / MOST_MARKS);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
}

/** The label of a tick. */
export function axisNumber(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(0).replace("e+", "e");
  return String(Number(value.toPrecision(6)));
}
