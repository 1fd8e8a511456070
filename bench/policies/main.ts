import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Fleet } from "../../dispatcher/fleet.js";
import { jlmu, jsqDOnGraph, type PolicyFactory, policies, slta } from "../../dispatcher/policies/index.js";
import { NO_INFORMATION, NO_SERVER, type Policy } from "../../dispatcher/policies/policy.js";
import { geometricGraph, radiusFor } from "../../model/graphs/geometric.js";
import { quickRandomStream, uniformIndex } from "../../model/random.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { ThresholdWatch } from "../../server-node/threshold-watch.js";
import { markdownTable, quartiles } from "../measure.js";

/**
 * What a policy costs by the number of servers: the choice of a server, and keeping its indexes of the fleet up to date when the job
 * goes there and when another one ends. Each is measured in a process of its own, as a dispatcher has one policy, in turn with no choice
 * at all: servers taken from a list made before. What is over it is the policy's. `node dist/bench/policies/main.js [SERVERS...]`
 */

const REPETITIONS = 41;
const EVENTS = 50_000;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000];
/** Jobs per server that are there all the time. */
const LOAD = 0.9;
/** Of pools, whose utilities are made for more. */
const POOL_LOAD = 10;
const CLASSES = 2;
/** Set in the environment of a process that measures one policy. */
const CHILD = "EQUIPOISE_BENCH_CHILD";

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

/** Nanoseconds per job: of the policy alone, and without any. */
interface Cost {
  readonly policy: string;
  readonly noChoice: string;
}

function costOf(contender: Contender, servers: number): Cost {
  const [without, having] = [{ ...contender, factory: noChoice }, contender].map(
    (one) => new Circulation(one, servers),
  );
  const times = Array.from({ length: 1 + REPETITIONS }, () => [without.time(EVENTS), having.time(EVENTS)]).slice(1);
  return {
    policy: quartiles(times.map(([less, all]) => all - less)),
    noChoice: quartiles(times.map(([less]) => less)),
  };
}

async function inProcessOfItsOwn(index: number, sizes: readonly number[]): Promise<Cost[]> {
  const child = fork(fileURLToPath(import.meta.url), [String(index), ...sizes.map(String)], {
    env: { ...process.env, [CHILD]: "1" },
  });
  const [costs] = (await once(child, "message")) as [Cost[]];
  return costs;
}

async function compare(sizes: readonly number[]): Promise<void> {
  const rows: string[][] = [];
  for (const [index, { name }] of contenders.entries()) {
    const costs = await inProcessOfItsOwn(index, sizes);
    rows.push([name, ...costs.map(({ policy }) => policy)]);
    process.stderr.write(`${name}: ${costs.map(({ policy, noChoice }) => `${policy} over ${noChoice}`).join(", ")}\n`);
  }
  process.stdout.write(`${markdownTable(["ns per job", ...sizes.map((n) => `n = ${n}`)], rows)}\n`);
}

const numbers = process.argv.slice(2).map(Number);
if (process.env[CHILD] === undefined) await compare(numbers.length > 0 ? numbers : SIZES);
else {
  const [index, ...sizes] = numbers;
  process.send?.(sizes.map((servers) => costOf(contenders[index], servers)));
  process.disconnect();
}
