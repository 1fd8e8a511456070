const MAX_DOUBLINGS = 200;
const MAX_STEPS = 100;
const RELATIVE_TOLERANCE = 1e-14;

/**
 * The positive number at which a continuous function changes from negative to positive.
 *
 * @param f negative just right of 0 and positive for large x, if there is a root
 * @param guess start of the search, > 0
 * @returns the root, to about 14 digits; undefined if f keeps one sign from 1e-60 to 1e60 times the guess
 *
 * Source: bracketing by doubling, then Ridders (1979), which keeps the bracket and needs no derivative.
 */
export function increasingRoot(f: (x: number) => number, guess: number): number | undefined {
  let low = guess;
  for (let i = 0; !(f(low) <= 0); i++, low /= 2) if (i === MAX_DOUBLINGS) return undefined;
  let high = 2 * low;
  for (let i = 0; !(f(high) > 0); i++, high *= 2) {
    if (i === MAX_DOUBLINGS) return undefined;
    low = high;
  }
  return ridders(f, low, high);
}

function ridders(f: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  for (let i = 0; i < MAX_STEPS && fa !== 0 && b - a > RELATIVE_TOLERANCE * b; i++) {
    const middle = (a + b) / 2;
    const fm = f(middle);
    const x = middle - ((middle - a) * fm) / Math.sqrt(fm * fm - fa * fb);
    const fx = f(x);
    if (fx === 0) return x;
    // Of the four points a, middle, x, b in order, the sign changes between exactly one pair of neighbours.
    const points = fm < 0 ? [a, fa, middle, fm, x, fx, b, fb] : [a, fa, x, fx, middle, fm, b, fb];
    let k = 0;
    while (k < 4 && points[k + 3] <= 0) k += 2;
    [a, fa, b, fb] = points.slice(k, k + 4);
  }
  return fa === 0 ? a : (a + b) / 2;
}
