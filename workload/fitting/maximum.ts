const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Where a function of one variable with a single maximum has it, by golden-section search (Kiefer 1953).
 *
 * @param tolerance how far the answer may be off
 */
export function maximumWithin(low: number, high: number, f: (x: number) => number, tolerance = 1e-7): number {
  let [a, b] = [low, high];
  let [left, right] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (b - a > tolerance) {
    if (atLeft > atRight) {
      b = right;
      [right, atRight] = [left, atLeft];
      left = b - GOLDEN * (b - a);
      atLeft = f(left);
    } else {
      a = left;
      [left, atLeft] = [right, atRight];
      right = a + GOLDEN * (b - a);
      atRight = f(right);
    }
  }
  return (a + b) / 2;
}

/**
 * Where a function of several variables has a maximum, by the simplex method of Nelder and Mead (1965): it needs no derivatives.
 *
 * @param start where the search begins
 * @param step the size of the first simplex
 * @param evaluations of the function at most
 */
export function maximumNear(
  start: readonly number[],
  step: number,
  f: (x: readonly number[]) => number,
  evaluations = 400,
): { readonly x: readonly number[]; readonly value: number } {
  let left = evaluations;
  const at = (x: readonly number[]) => {
    left--;
    const value = f(x);
    return { x, value: Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value };
  };
  let corners = [start, ...start.map((_, i) => start.map((value, j) => (i === j ? value + step : value)))].map(at);
  while (left > 0) {
    corners = corners.toSorted((a, b) => b.value - a.value);
    const [best] = corners;
    const worst = corners[corners.length - 1];
    if (best.value - worst.value < 1e-9 * Math.abs(best.value)) break;
    const others = corners.slice(0, -1);
    const centre = start.map((_, i) => others.reduce((sum, { x }) => sum + x[i], 0) / others.length);
    const along = (factor: number) => at(centre.map((value, i) => value + factor * (worst.x[i] - value)));
    const reflected = along(-1);
    if (reflected.value > best.value) {
      const further = along(-2);
      corners = [...others, further.value > reflected.value ? further : reflected];
    } else if (reflected.value > others[others.length - 1].value) corners = [...others, reflected];
    else {
      const nearer = reflected.value > worst.value ? along(-0.5) : along(0.5);
      corners =
        nearer.value > Math.max(worst.value, reflected.value)
          ? [...others, nearer]
          : [best, ...corners.slice(1).map(({ x }) => at(x.map((value, i) => (value + best.x[i]) / 2)))];
    }
  }
  return corners.toSorted((a, b) => b.value - a.value)[0];
}
