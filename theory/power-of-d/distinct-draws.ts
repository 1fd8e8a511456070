/**
 * The distribution of the number of distinct servers among d draws from the c servers of a task type: probabilities at indices 1
 * to min(d, c), and 0 at index 0. Given that number m, all sets of m servers, in all orders of first draw, are equally likely: joining
 * the shortest queue drawn, ties to the first drawn, is JSQ among m distinct servers.
 *
 * @param choices d >= 1
 * @param degree c >= 1
 * @param replacement whether a server may be drawn more than once; without replacement all draws are distinct while servers last
 */
export function distinctDraws(choices: number, degree: number, replacement: boolean): number[] {
  const most = Math.min(choices, degree);
  const probabilities = new Array<number>(most + 1).fill(0);
  if (!replacement) {
    probabilities[most] = 1;
    return probabilities;
  }
  probabilities[1] = 1;
  for (let draw = 2; draw <= choices; draw++) {
    for (let number = most; number >= 1; number--) {
      const [same, fresh] = [number / degree, (degree - number + 1) / degree];
      probabilities[number] = probabilities[number] * same + probabilities[number - 1] * fresh;
    }
  }
  return probabilities;
}
