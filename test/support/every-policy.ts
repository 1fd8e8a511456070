import { completeGraph } from "../../model/graphs/complete.js";
import { logShare } from "../../model/utility-functions.js";
import { policies } from "../../policies/index.js";
import type { PolicyDefinition, PolicyFactory } from "../../policies/policy.js";

/** Policies that treat servers alike only on average over their own randomness, for they remember servers. */
export const REMEMBERING: readonly string[] = ["jsq-d-memory", "prequal"];
/** Policies that do not treat servers alike: by the key of a job, or by number where servers have exactly the same work left. */
export const PARTIAL: readonly string[] = ["consistent-hash", "least-work"];

/** Every policy that a dispatcher runs, by its name, made for a number of servers, all of one class or neighbourhood. */
export const everyPolicy = policies.flatMap((policy) => {
  const { name } = policy.family;
  // Copies of jobs are not for dispatchers: test/simulator/redundant-fleet.test.ts.
  if (policy.fleet === "simulated") return [];
  return [[policy.fleet === "graph" ? `${name} on a graph` : name, name, makerOf(policy)] as const];
});

function makerOf(policy: Exclude<PolicyDefinition, { fleet: "simulated" }>): (servers: number) => PolicyFactory {
  if (policy.fleet === "any") return () => policy.family.read(undefined);
  if (policy.fleet === "pools")
    return () => policy.family.read(undefined)({ utilities: [logShare(20)], beta: () => 0.2 });
  return (servers) => policy.family.read(undefined)(completeGraph(servers, 1));
}

type Rule = (queues: readonly number[], rates: readonly number[]) => number[];

/** A rule that chooses a server of the least key. */
function least(key: (queue: number, rate: number) => number): Rule {
  return (queues, rates) => {
    const keys = queues.map((queue, server) => key(queue, rates[server]));
    return [...queues.keys()].filter((server) => keys[server] === Math.min(...keys));
  };
}

/** Of the servers with the shortest queue a fastest one. */
const fastestShortest: Rule = (queues, rates) => {
  const shortest = least((queue) => queue)(queues, rates);
  const fastest = Math.max(...shortest.map((server) => rates[server]));
  return shortest.filter((server) => rates[server] === fastest);
};

/** The servers that a policy may choose, by its definition and a scan of all; of policies that are not here, any. */
const candidates: Readonly<Record<string, Rule>> = {
  jiq: (queues) => {
    const idle = [...queues.keys()].filter((server) => queues[server] === 0);
    return idle.length > 0 ? idle : [...queues.keys()];
  },
  jsq: least((queue) => queue),
  jfsq: fastestShortest,
  sed: least((queue, rate) => (queue + 1) / rate),
  "least-connections": least((queue, rate) => queue / rate),
  "least-work": (queues, rates) => (queues.includes(0) ? fastestShortest(queues, rates) : [...queues.keys()]),
};

/** Whether a policy may choose this server where nobody is full. */
export function mayChoose(
  policy: string,
  server: number,
  queues: readonly number[],
  rates: readonly number[] = queues.map(() => 1),
): boolean {
  return candidates[policy]?.(queues, rates).includes(server) ?? (server >= 0 && server < queues.length);
}
