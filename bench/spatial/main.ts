import { geometricGraph, radiusFor } from "../../model/graphs/geometric.js";
import { graphProperties } from "../../model/graphs/properties.js";
import { regularGraph } from "../../model/graphs/regular.js";
import { quickRandomStream } from "../../model/random.js";
import { SpatialChain } from "../../simulator/spatial-chain.js";

/**
 * Time to build graphs with 10^5 servers, as many task types and mean degree sqrt(10^5), and simulated events of JSQ(2) on
 * them, arrivals and departures, per second of CPU time.
 */
const SERVERS = 100_000;
const DEGREE = Math.sqrt(SERVERS);
const ARRIVAL_RATE = 0.8;
const WARM_UP = 20;
const REPETITIONS = 5;
/** Model time: 3.2 million events. */
const STRETCH = 20;

const random = quickRandomStream("1", "graph");
const GRAPHS = {
  geometric: () =>
    geometricGraph(
      { servers: SERVERS, taskTypes: SERVERS, dimension: 2, norm: 2, radius: radiusFor(DEGREE, SERVERS, 2, 2) },
      random,
    ),
  regular: () => regularGraph(SERVERS, SERVERS, Math.round(DEGREE), random),
} as const;

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

for (const [name, build] of Object.entries(GRAPHS)) {
  const before = cpuSeconds();
  const graph = build();
  const buildSeconds = cpuSeconds() - before;
  const { edges } = graphProperties(graph, ARRIVAL_RATE);
  const chain = new SpatialChain({ graph, arrivalRate: ARRIVAL_RATE, choices: 2, replacement: true, seed: "1" });
  chain.runUntil(WARM_UP);
  const speeds = Array.from({ length: REPETITIONS }, () => {
    const start = cpuSeconds();
    chain.runUntil(chain.now + STRETCH);
    return (2 * ARRIVAL_RATE * SERVERS * STRETCH) / (cpuSeconds() - start);
  }).sort((a, b) => a - b);
  const [least, median, greatest] = [0, (REPETITIONS - 1) / 2, REPETITIONS - 1].map((i) => speeds[i].toExponential(2));
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.stdout.write(
    `${name}: ${edges} edges built in ${buildSeconds.toFixed(1)} s of CPU time; ${median} [${least}, ${greatest}] events per second; ` +
      `${megabytes} MB in total\n`,
  );
}
