import { Fleet } from "../../dispatcher/fleet.js";
import { jlmu, jsqDOnGraph, type PolicyFactory, policies, slta } from "../../dispatcher/policies/index.js";
import { NO_INFORMATION, NO_SERVER, type Policy } from "../../dispatcher/policies/policy.js";
import { geometricGraph, radiusFor } from "../../model/graphs/geometric.js";
import { quickRandomStream, uniformIndex } from "../../model/random.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { ThresholdWatch } from "../../server-node/threshold-watch.js";
import { markdownTable, median, spread } from "../measure.js";

/**
 * What a job costs by the number of servers: the choice of a server, and keeping all indexes of the fleet up to date when the job goes
 * there and when another one ends. The first row has no choice at all: servers are taken from a list made before; what is over it is
 * the policy's. `node dist/bench/policies/main.js [SERVERS...]`
 */

const REPETITIONS = 5;
const EVENTS = 200_000;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000];
/** Jobs per server that are there all the time. */
const LOAD = 0.9;
/** Of pools, whose utilities are made for more. */
const POOL_LOAD = 10;
const CLASSES = 2;

interface Contender {
  readonly name: string;
  readonly load: number;
  factory(servers: number): PolicyFactory;
}

const utilities = parseUtilities("log-share:20/log-share:30");
/** Servers drawn beforehand, as many as there are. */
function noChoice(servers: number): PolicyFactory {
  const random = quickRandomStream("1", "no-choice");
  const list = Int32Array.from({ length: servers }, () => uniformIndex(random, servers));
  let next = 0;
  const choose = (): number => {
    next = next + 1 === servers ? 0 : next + 1;
    return list[next];
  };
  return () => ({ name: "no choice", information: NO_INFORMATION, choose });
}

const contenders: readonly Contender[] = [
  { name: "no choice", load: LOAD, factory: noChoice },
  { name: "no choice, ten jobs a server", load: POOL_LOAD, factory: noChoice },
  ...[...policies].map(([name, factory]) => ({ name, load: LOAD, factory: () => factory })),
  {
    name: "jsq-d on a geometric graph",
    load: LOAD,
    factory(servers) {
      const shape = { servers, taskTypes: servers, dimension: 2, norm: 2 };
      const radius = radiusFor(10, servers, shape.dimension, shape.norm);
      return jsqDOnGraph(geometricGraph({ ...shape, radius }, quickRandomStream("1", "graph")), {
        choices: 2,
        replacement: false,
      });
    },
  },
  { name: "jlmu", load: POOL_LOAD, factory: () => jlmu(utilities) },
  {
    name: "slta",
    load: POOL_LOAD,
    factory: () => slta({ utilities, beta: (servers) => servers ** -0.4 }),
  },
];

/** A fleet under a constant number of jobs: each event sends one, and then ends a random one. */
class Circulation {
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly random = quickRandomStream("1", "events");
  private readonly jobs: Int32Array;
  private readonly watches: readonly ThresholdWatch[] | undefined;

  constructor(
    { load, factory }: Contender,
    private readonly servers: number,
  ) {
    for (let server = 0; server < servers; server++) {
      // Three rates and two classes, for the policies that tell them apart.
      this.fleet.join(Number.POSITIVE_INFINITY, 1 + (server % 3), server % CLASSES);
    }
    this.policy = factory(servers)(this.fleet, quickRandomStream("1", "policy"));
    if (this.policy.reported !== undefined) {
      this.watches = Array.from({ length: servers }, () => new ThresholdWatch());
      this.fleet.onThreshold = (serverClass, threshold) => this.passOn(serverClass, threshold);
      for (let serverClass = 0; serverClass < CLASSES; serverClass++) {
        this.passOn(serverClass, this.fleet.threshold(serverClass) ?? 0);
      }
    }
    this.jobs = new Int32Array(Math.round(load * servers)).map(() => this.send());
  }

  /** Nanoseconds per event. */
  time(events: number): number {
    const startedAt = performance.now();
    for (let i = 0; i < events; i++) {
      const job = uniformIndex(this.random, this.jobs.length);
      const ending = this.jobs[job];
      this.jobs[job] = this.send();
      this.fleet.ended(ending);
      if (this.watches?.[ending].completed()) this.report(ending);
    }
    return (1e6 * (performance.now() - startedAt)) / events;
  }

  private send(): number {
    let server = this.policy.choose(uniformIndex(this.random, this.servers));
    // In a random graph some types of jobs may have no server.
    while (server === NO_SERVER) server = this.policy.choose(uniformIndex(this.random, this.servers));
    this.fleet.assigned(server);
    if (this.watches?.[server].accepted()) this.report(server);
    this.policy.dispatched?.();
    return server;
  }

  private passOn(serverClass: number, threshold: number): void {
    for (let server = serverClass; server < this.servers; server += CLASSES) {
      if (this.watches?.[server].moved(threshold, Number.POSITIVE_INFINITY)) this.report(server);
    }
  }

  private report(server: number): void {
    const watch = this.watches?.[server];
    if (watch !== undefined) this.policy.reported?.(server, watch.standing, watch.threshold, false);
  }
}

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : SIZES;
const rows = contenders.map((contender) => {
  const cells = sizes.map((servers) => {
    const circulation = new Circulation(contender, servers);
    circulation.time(EVENTS);
    const times = Array.from({ length: REPETITIONS }, () => circulation.time(EVENTS));
    process.stderr.write(`${contender.name} at ${servers}: ${Math.round(median(times))} ns\n`);
    return spread(times);
  });
  return [contender.name, ...cells];
});
process.stdout.write(`${markdownTable(["ns per job", ...sizes.map((n) => `n = ${n}`)], rows)}\n`);
