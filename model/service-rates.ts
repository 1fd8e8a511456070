import { assert, UserError } from "./errors.js";
import { type Family, family, rangeOf, readMember } from "./family.js";
import { anyText, listOf, notNegative, number, positive } from "./options.js";
import { randomStream } from "./random.js";
import { linesOf, type RecordForm, Records } from "./records.js";
import type { Rate } from "./units.js";

/**
 * Service rates of heterogeneous servers, as in Liu and Ying (2025), section 2: any rates > 0 that sum to the number of servers.
 * The rates of a family are scaled accordingly.
 */
export interface ServiceRates {
  readonly text: string;
  /**
   * The rates of n servers, with sum n.
   *
   * @throws UserError if the length of a list is not n
   */
  ofServers(servers: number, seed: string): Rate[];
}

const FILE_FORM: RecordForm = {
  header: /^(service[\s_-]?)?rates?$/i,
  form: "a rate > 0 for every server, in any number of lines",
};
const rateList = listOf("RATE", positive);
const ratio = number("a number >= 1", (value) => value >= 1);
const part = number("a number > 0 and < 1", (value) => value > 0 && value < 1);
const floor = number("a number > 0 and <= 1", (value) => value > 0 && value <= 1);

/**
 * - `two-class`: this fraction of the servers is faster than the others by this factor
 * - `linear`: rates decrease in equal steps; this is the ratio of the first to the last
 * - `power`: server i = 1, 2, ... has rate i^-exponent
 * - `random`: uniform between floor and 2 - floor, by the seed
 * - `list`: one rate per server
 * - `file`: a list in a file, separated by commas, semicolons or white space; the text is the path, a line end and the content
 */
const families: readonly Family<ServiceRates>[] = [
  family("equal", {}, () => scaled("equal", (servers) => new Array<Rate>(servers).fill(1))),
  family("two-class", { fractionFast: part, fastPerSlow: ratio }, ({ fractionFast, fastPerSlow }) =>
    scaled(`two-class:${fractionFast},${fastPerSlow}`, (servers) =>
      eachServer(servers, (i) => (i < Math.round(fractionFast * servers) ? fastPerSlow : 1)),
    ),
  ),
  family("linear", { fastestPerSlowest: ratio }, ({ fastestPerSlowest: first }) =>
    scaled(`linear:${first}`, (servers) =>
      eachServer(servers, (i) => (servers === 1 ? 1 : first - ((first - 1) * i) / (servers - 1))),
    ),
  ),
  family("power", { exponent: notNegative }, ({ exponent }) =>
    scaled(`power:${exponent}`, (servers) => eachServer(servers, (i) => (i + 1) ** -exponent)),
  ),
  family("random", { floor }, ({ floor: least }) =>
    scaled(`random:${least}`, (servers, seed) => {
      const random = randomStream(seed, "service-rates");
      return eachServer(servers, () => least + (2 - 2 * least) * random());
    }),
  ),
  family("list", { rates: rateList }, ({ rates }) => listed(`list:${rates.join(",")}`, () => rates)),
  family("file", { file: anyText("PATH") }, ({ file }) =>
    listed(`file:${file.split("\n", 1)[0]}`, () => ratesInFile(file)),
  ),
];

/** The syntax of service rates. */
export const SERVICE_RATES_RANGE = rangeOf(families);

/** Parses service rates. Throws UserError naming the invalid part. */
export function parseServiceRates(text: string): ServiceRates {
  return readMember("service rates", families, text);
}

/** The rates in descending order. */
export function fastestFirst(rates: readonly Rate[]): Rate[] {
  return rates.toSorted((a, b) => b - a);
}

/** The rates in a file whose path is the first line, any number of them on a line. */
function ratesInFile(pathAndContent: string): Rate[] {
  const [path] = pathAndContent.split("\n", 1);
  const records = new Records(`service rates ${path}`, linesOf(pathAndContent.slice(path.length + 1)), FILE_FORM);
  const rates: Rate[] = [];
  for (let fields = records.next(); fields !== undefined; fields = records.next())
    for (const field of fields) if (field !== "") rates.push(records.read("rate", field, positive));
  return rates;
}

/** The different rates, in the order of their first servers, and how many servers have each. */
export function rateClasses(rates: readonly Rate[]): { servers: number; rate: Rate }[] {
  const counts = new Map<Rate, number>();
  for (const rate of rates) counts.set(rate, (counts.get(rate) ?? 0) + 1);
  return [...counts].map(([rate, servers]) => ({ servers, rate }));
}

function listed(text: string, read: () => readonly Rate[]): ServiceRates {
  return scaled(text, (servers) => {
    const rates = read();
    if (rates.length !== servers)
      throw new UserError(`service rates "${text}": ${rates.length} rates for ${servers} servers; list one per server`);
    return rates;
  });
}

function scaled(text: string, of: (servers: number, seed: string) => readonly Rate[]): ServiceRates {
  return {
    text,
    ofServers(servers, seed) {
      const rates = of(servers, seed);
      const sum = rates.reduce((total, rate) => total + rate, 0);
      assert(sum > 0 && rates.length === servers, "every server has a rate");
      // Rates that sum to n up to rounding are kept as given.
      return Math.abs(sum - servers) < 1e-12 * servers ? [...rates] : rates.map((rate) => (rate * servers) / sum);
    },
  };
}

function eachServer(servers: number, rate: (index: number) => Rate): Rate[] {
  return Array.from({ length: servers }, (_, index) => rate(index));
}
