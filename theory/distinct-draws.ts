/**
 * How many different servers d draws from the c of a task type name, as probabilities at index 1 to min(d, c), and 0 at index 0.
 * Whichever number it is, all sets of so many servers are as likely, and so is every order in which they were drawn first: a job
 * that joins the shortest queue drawn, the one drawn first among those tied, is sent as by JSQ of that many distinct servers.
 *
 * @param choices d >= 1
 * @param degree c >= 1
 * @param replacement whether a server may be drawn again; without, every server drawn is another one, as long as there are some
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
