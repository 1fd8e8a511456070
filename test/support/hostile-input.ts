import type { RandomStream } from "../../model/random.js";

/** Values at which decoders err, if they do. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff];
const DOUBLES = [Number.NaN, Number.POSITIVE_INFINITY, -1, -0, 1e9, 1e12, 1e30, 1e308, 5e-324, 2 ** 53];

const below = (random: RandomStream, bound: number): number => Math.floor(bound * random());

/** Any bytes at all. */
export function anyBytes(random: RandomStream, most: number): Buffer {
  return Buffer.from(Array.from({ length: below(random, most) }, () => below(random, 256)));
}

/** A frame like the given one, but with something wrong in one to four places: or, rarely, as it was. */
export function mutated(random: RandomStream, frame: Buffer): Buffer {
  let bytes = Buffer.from(frame);
  for (let i = below(random, 5); i > 0; i--) {
    const at = below(random, bytes.length);
    const rest = bytes.length - at;
    switch (below(random, 6)) {
      case 0:
        bytes[at] = EDGES[below(random, EDGES.length)];
        break;
      case 1:
        bytes[at] ^= 1 << below(random, 8);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), anyBytes(random, 20), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes, bytes.subarray(at)]);
        break;
      default:
        if (rest >= 8) bytes.writeDoubleLE(DOUBLES[below(random, DOUBLES.length)], at);
    }
    if (bytes.length === 0) break;
  }
  return bytes;
}

/** A text like the given one, but broken, or with values in it that nobody expects. */
export function mutatedText(random: RandomStream, text: string): string {
  const at = below(random, text.length + 1);
  const ODD = [
    "null",
    "-1",
    "1e999",
    "{}",
    "[]",
    '"',
    "\\",
    "\u0000",
    "__proto__",
    "9".repeat(400),
    '{"a":'.repeat(2000),
    "1e308",
    `[${"null,".repeat(3000)}null]`,
    "7".repeat(70_000),
  ];
  const odd = ODD[below(random, ODD.length)];
  switch (below(random, 4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + odd + text.slice(at);
    case 2:
      return text.replace(/:("[^"]*"|[\d.]+|null|\[\])/, `:${odd}`);
    default:
      return text.slice(0, at) + text.slice(at + 1 + below(random, 5));
  }
}
