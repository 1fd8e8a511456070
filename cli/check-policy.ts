import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { EXIT } from "../live/processes/process.js";
import { randomStream, uniformIndex } from "../model/random.js";
import { simulatedPolicyNamed } from "../policies/index.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { loadPlugIns } from "../policies/plug-in-loader.js";
import type { PolicyFactory } from "../policies/policy.js";
import { Router } from "../policies/router.js";
import { conformance, type Finding } from "../simulator/conformance.js";
import { paperFor, print } from "./output.js";
import { layOut } from "./paper.js";

const SIZES = [100, 1000, 10_000];

/** `equipoise check-policy`: holds a policy, of ours or a module of the user's, to the laws of policies. Returns the exit code. */
export async function checkPolicy(text: string, { seed }: { readonly seed: string }): Promise<number> {
  const uses = new Set<string>();
  const restore = watchClockAndChance(text, uses);
  const findings: Finding[] = [];
  let factory: PolicyFactory;
  try {
    await loadPlugIns([text]);
    factory = simulatedPolicyNamed(text);
    findings.push(...conformance(factory, seed));
  } finally {
    restore();
  }
  const law = "takes time and chance only as given";
  findings.push({ law, broken: uses.size === 0 ? undefined : `uses ${[...uses].join(", ")}` });
  print(layOut(["law", "", "how it is broken"], findings.map(rowOf), new Set(), paperFor()));
  const isSound = findings.every(({ broken }) => broken === undefined);
  if (isSound) print(`\ntime per decision: ${SIZES.map((servers) => costLine(factory, servers, seed)).join(", ")}`);
  return isSound ? EXIT.ok : EXIT.differs;
}

function rowOf({ law, broken }: Finding): string[] {
  return [law, broken === undefined ? "holds" : "BROKEN", broken ?? ""];
}

/** Notes every use of a clock or of chance that a module makes. Returns what ends it. */
function watchClockAndChance(text: string, uses: Set<string>): () => void {
  const url = pathToFileURL(resolve(text)).href;
  const watched = (owner: object, name: string, label: string): (() => void) => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") return () => undefined;
    const note = (): void => {
      if (new Error().stack?.includes(url)) uses.add(label);
    };
    const proxy = new Proxy(original, {
      apply(target, self, args) {
        note();
        return Reflect.apply(target as () => unknown, self, args);
      },
      construct(target, args) {
        note();
        return Reflect.construct(target as new () => object, args);
      },
      get(target, property, receiver) {
        if (label === "Date" && property === "now") note();
        return Reflect.get(target, property, receiver);
      },
    });
    Reflect.set(owner, name, proxy);
    return () => Reflect.set(owner, name, original);
  };
  const restores = [
    watched(Math, "random", "Math.random"),
    watched(globalThis, "Date", "Date"),
    watched(performance, "now", "performance.now"),
    watched(process, "hrtime", "process.hrtime"),
  ];
  return () => {
    for (const restore of restores) restore();
  };
}

const DECISIONS = 20_000;
/** Jobs per server. */
const LOAD = 0.9;

/** The time per decision in a fleet where each job is followed by the end of another. */
function costLine(factory: PolicyFactory, servers: number, seed: string): string {
  const fleet = new Fleet();
  for (let server = 0; server < servers; server++)
    fleet.join({ buffer: Number.POSITIVE_INFINITY, rate: 1 + (server % 3) });
  const router = new Router(factory(fleet, randomStream(seed, "policy")));
  const random = randomStream(seed, "events");
  const send = (now: number): number => {
    const server = router.choose(uniformIndex(random, servers), 1, now);
    fleet.send(server);
    router.probe((probed) => router.answered(probed, fleet.queueLength(probed), 1, now));
    return server;
  };
  const jobs = Array.from({ length: Math.round(LOAD * servers) }, () => send(0));
  const startedAt = performance.now();
  for (let decision = 0; decision < DECISIONS; decision++) {
    const job = uniformIndex(random, jobs.length);
    fleet.ended(jobs[job]);
    router.completed(jobs[job], 1, decision / servers);
    jobs[job] = send(decision / servers);
  }
  return `${((1e6 * (performance.now() - startedAt)) / DECISIONS).toPrecision(2)} ns with ${servers} servers`;
}
