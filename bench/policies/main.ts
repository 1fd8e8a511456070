import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CompatibilityGraph } from "../../model/graphs/compatibility-graph.js";
import { geometricGraph, radiusFor } from "../../model/graphs/geometric.js";
import { quickRandomStream, uniformIndex } from "../../model/random.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { policies, policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import {
  NO_INFORMATION,
  NO_SERVER,
  type PolicyDefinition,
  type PolicyFactory,
  type PoolSetting,
} from "../../policies/policy.js";
import { Router } from "../../policies/router.js";
import { ThresholdWatch } from "../../server-node/threshold-watch.js";
import { markdownTable, quartiles } from "../measure.js";

/**
 * Cost of each policy by number of servers: choosing a server, and updating its indexes on the job's assignment and on another
 * job's departure. Each policy is measured in its own process, as in a dispatcher, alternating with a baseline that takes
 * servers from a precomputed list; the cost is the difference. `node dist/bench/policies/main.js [SERVERS...]`
 */

const REPETITIONS = 41;
const EVENTS = 50_000;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000];
/** Constant number of jobs per server. */
const LOAD = 0.9;
/** The same for pools, whose utilities are for more tasks. */
const POOL_LOAD = 10;
const CLASSES = 2;
/** Environment variable of a process that measures one policy. */
const CHILD = "EQUIPOISE_BENCH_CHILD";

interface Contender {
  readonly name: string;
  readonly load: number;
  factory(servers: number): PolicyFactory;
}

const setting: PoolSetting = {
  utilities: parseUtilities("log-share:20/log-share:30"),
  beta: (pools) => pools ** -0.4,
};

/** The baseline: servers drawn in advance. */
function noChoice(servers: number): PolicyFactory {
  const random = quickRandomStream("1", "no-choice");
  const list = Int32Array.from({ length: servers }, () => uniformIndex(random, servers));
  let next = 0;
  const choose = (): number => {
    next = next + 1 === servers ? 0 : next + 1;
    return list[next];
  };
  return () => ({ name: "no choice", knows: [], information: NO_INFORMATION, choose });
}

/** Variants of policies that decide in another way than by default. */
const VARIANTS = ["least-connections:haproxy", "least-connections:envoy"];

const contenders: readonly Contender[] = [...policies.map(contenderOf), ...VARIANTS.map(variantOf)];

function variantOf(name: string): Contender {
  return { name, load: LOAD, factory: () => policyNamed(name) };
}

function contenderOf(policy: PolicyDefinition): Contender {
  const { name } = policy.family;
  if (policy.fleet === "any" || policy.fleet === "simulated")
    return { name, load: LOAD, factory: () => policy.family.read(undefined) };
  if (policy.fleet === "pools") return { name, load: POOL_LOAD, factory: () => policy.family.read(undefined)(setting) };
  const onGraph = (servers: number): PolicyFactory => policy.family.read(undefined)(geometric(servers));
  return { name: `${name} on a geometric graph`, load: LOAD, factory: onGraph };
}

function geometric(servers: number): CompatibilityGraph {
  const shape = { servers, taskTypes: servers, dimension: 2, norm: 2 };
  const radius = radiusFor(10, servers, shape.dimension, shape.norm);
  return geometricGraph({ ...shape, radius }, quickRandomStream("1", "graph"));
}

/** A fleet with a constant number of jobs: each event sends one, and then completes a random one. */
class Circulation {
  private readonly fleet = new Fleet();
  private readonly router: Router;
  private now = 0;
  private readonly random = quickRandomStream("1", "events");
  private readonly jobs: Int32Array;
  private readonly watches: readonly ThresholdWatch[] | undefined;

  constructor(
    { load, factory }: Contender,
    private readonly servers: number,
  ) {
    for (let server = 0; server < servers; server++) {
      // Three rates and two classes, for policies that distinguish them.
      this.fleet.join({ buffer: Number.POSITIVE_INFINITY, rate: 1 + (server % 3), serverClass: server % CLASSES });
    }
    this.router = new Router(factory(servers)(this.fleet, quickRandomStream("1", "policy")));
    if (this.router.policy.reported !== undefined) {
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
      this.router.completed(ending, 1, this.now);
      this.now += 1 / this.servers;
      if (this.watches?.[ending].completed()) this.report(ending);
    }
    return (1e6 * (performance.now() - startedAt)) / events;
  }

  private send(): number {
    let server = NO_SERVER;
    // In a random graph some task types may have no server.
    while (server === NO_SERVER) server = this.router.choose(uniformIndex(this.random, this.servers), 1, this.now);
    this.fleet.send(server, this.passOnJob);
    this.router.probe(this.answer);
    return server;
  }

  /** The time that messages take is not the policy's: a server that is probed answers at once. */
  private readonly answer = (server: number): void =>
    this.router.answered(server, this.fleet.queueLength(server), 1, this.now);

  private readonly passOnJob = (server: number): void => {
    if (this.watches?.[server].accepted()) this.report(server);
  };

  private passOn(serverClass: number, threshold: number): void {
    for (let server = serverClass; server < this.servers; server += CLASSES) {
      if (this.watches?.[server].moved(threshold, Number.POSITIVE_INFINITY)) this.report(server);
    }
  }

  private report(server: number): void {
    const watch = this.watches?.[server];
    if (watch !== undefined) this.router.policy.reported?.(server, watch.standing, watch.threshold, false);
  }
}

/** Nanoseconds per job: the cost of the policy, and the baseline. */
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
