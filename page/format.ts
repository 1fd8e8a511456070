const DIGITS = 4;

/** A short number with a fixed number of significant digits, so that its width does not change. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) {
    const [digits, exponent] = value.toExponential(2).split("e");
    return `${digits} · 10${raised(exponent)}`;
  }
  if (size >= 10 ** DIGITS) return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  return value.toPrecision(DIGITS);
}

const RAISED: Readonly<Record<string, string>> = {
  ...{ "+": "", "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" },
};

function raised(exponent: string): string {
  return [...exponent].map((character) => RAISED[character]).join("");
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
