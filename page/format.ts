const DIGITS = 4;

/** A number in few characters, always with the same number of significant digits, so that it stands still while it changes. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(2).replace("e", " · 10^").replace("+", "");
  if (size >= 10 ** DIGITS) return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  return value.toPrecision(DIGITS);
}

export function formatPercent(fraction: number | null): string {
  return fraction === null || !Number.isFinite(fraction) ? "–" : `${formatNumber(100 * fraction)} %`;
}

/** Wall-clock time in seconds as 0:07 or 1:02:09. */
export function formatElapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const twoDigits = (n: number): string => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${minutes}:${twoDigits(rest)}`;
}
