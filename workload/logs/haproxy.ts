import { type Dialect, lineFormat } from "./pattern.js";

const MILLISECOND = 0.001;
const TIMER = "-1|\\d+";
const DATE = "\\d\\d\\/\\w{3}\\/\\d{4}:\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
const milliseconds = { written: TIMER, unit: MILLISECOND } as const;

/**
 * HAProxy writes when the first byte of a request came, and how long each stage took (its configuration manual, 8.4, Timing events): until
 * the request was read (TR, or Tq from the connection on), in queues (Tw), to connect (Tc), and until the headers of the answer (Tr). Stages
 * that were not reached are -1.
 */
const dialect: Dialect = {
  variable: /%(?:\{[^}]*\})?([A-Za-z]+)/g,
  variables: {
    tr: { quantity: "startDate", written: DATE },
    t: { quantity: "startDate", written: DATE },
    TR: { quantity: "toRead", ...milliseconds },
    Tq: { quantity: "toRead", ...milliseconds },
    Tw: { quantity: "inQueue", ...milliseconds },
    Tc: { quantity: "toConnect", ...milliseconds },
    Tr: { quantity: "toAnswer", ...milliseconds },
    // A plus sign: written before the end (option logasap).
    Ta: { quantity: "response", written: "\\+?\\d+", unit: MILLISECOND },
    Tt: { quantity: "response", written: "\\+?\\d+", unit: MILLISECOND },
    s: { quantity: "server", written: "[^\\s\\/]+" },
    // -1: none was sent.
    ST: { quantity: "status", written: "-1|\\d{3}", unit: 1 },
    B: { quantity: "bytes", written: "\\+?\\d+", unit: 1 },
  },
  complete({ startDate, toRead, inQueue, toConnect, toAnswer, response, bytes }, entry) {
    const isServed = toRead >= 0 && inQueue >= 0 && toConnect >= 0 && toAnswer >= 0;
    const read = Math.max(0, toRead);
    entry.tick = MILLISECOND;
    entry.arrival = startDate + read;
    entry.response = Math.max(0, response - read);
    entry.received = isServed ? startDate + read + inQueue + toConnect : Number.NaN;
    entry.returned = entry.received + toAnswer;
    entry.bytes = bytes;
    if (!isServed || entry.server.startsWith("<")) entry.server = "";
  },
};

/** Of `option httplog`, the part that is always there. */
export const haproxy = lineFormat("haproxy", dialect, ["[%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B"]);
