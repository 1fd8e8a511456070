import { messageOf } from "../model/errors.js";
import { type RandomStream, randomStream, uniformIndex } from "../model/random.js";
import { Fleet, type ServerDescription } from "../policies/indexes/fleet.js";
import type { IndexSet } from "../policies/indexes/index-set.js";
import type { QueueLevels } from "../policies/indexes/queue-levels.js";
import {
  ANY_JOB,
  type Job,
  KNOWLEDGE,
  type Knowledge,
  NO_SERVER,
  type Policy,
  type PolicyFactory,
} from "../policies/policy.js";

/** A law that every policy keeps, and how this one breaks it; undefined if it was not seen to. */
export interface Finding {
  readonly law: string;
  readonly broken: string | undefined;
}

const LAWS: readonly { readonly law: string; breach(factory: PolicyFactory, seed: string): string | undefined }[] = [
  { law: "answers -1 where no server takes jobs", breach: emptyFleet },
  { law: "chooses a server while some take jobs, whoever joins, leaves or is full", breach: anyFleet },
  { law: "probes servers that take jobs only, and declares and counts it", breach: unsoundProbes },
  { law: "decides the same for the same seed", breach: repetition },
  { law: "uses only what it declares to know", breach: undeclaredKnowledge },
  { law: "decides by time only if it declares to know it", breach: undeclaredTime },
  { law: "leaves the fleet as it is", breach: changesToFleet },
];

/** Holds a policy to the laws of policies, in random fleets that follow from the seed. */
export function conformance(factory: PolicyFactory, seed: string): Finding[] {
  return LAWS.map(({ law, breach }) => {
    try {
      return { law, broken: breach(factory, seed) };
    } catch (error) {
      return { law, broken: messageOf(error) };
    }
  });
}

const SCRIPTS = 10;
const STEPS = 300;

function emptyFleet(factory: PolicyFactory, seed: string): string | undefined {
  const fleet = new Fleet();
  const policy = factory(fleet, randomStream(seed, "policy"));
  const before = policy.choose(ANY_JOB, 0);
  if (before !== NO_SERVER) return `chose ${before} although there was no server`;
  const only = fleet.join({ buffer: 1 });
  if (policy.choose(ANY_JOB, 1) !== only)
    return "did not choose the only server, which joined after the policy was made";
  fleet.leave(only);
  const after = policy.choose(ANY_JOB, 2);
  return after === NO_SERVER ? undefined : `chose ${after} although the last server had left`;
}

function anyFleet(factory: PolicyFactory, seed: string): string | undefined {
  for (let script = 0; script < SCRIPTS; script++) {
    const system = new Script(factory, `${seed}/${script}`);
    for (const choice of system.play()) {
      const { members } = system.fleet;
      if (choice === NO_SERVER) return `chose none although ${members.size} servers take jobs`;
      if (!members.has(choice)) return `chose ${choice}, which is no server that takes jobs`;
    }
  }
  return undefined;
}

function unsoundProbes(factory: PolicyFactory, seed: string): string | undefined {
  for (let script = 0; script < SCRIPTS; script++) {
    const system = new Script(factory, `${seed}/${script}`);
    let asked = 0;
    for (const _ of system.play()) {
      const { members } = system.fleet;
      const servers = system.toProbe();
      const stranger = servers.find((server) => !members.has(server));
      if (stranger !== undefined) return `probes ${stranger}, which is no server that takes jobs`;
      asked += servers.length;
    }
    const { knows, information } = system.policy;
    if (asked > 0 && !knows.includes("probes")) return 'has servers to be probed, but does not declare "probes"';
    if (information.messages < asked)
      return `probed ${asked} times, but its information counts ${information.messages} messages`;
  }
  return undefined;
}

function repetition(factory: PolicyFactory, seed: string): string | undefined {
  for (let script = 0; script < SCRIPTS; script++) {
    const [first, second] = [0, 1].map(() => [...new Script(factory, `${seed}/${script}`).play()]);
    const job = first.findIndex((choice, i) => choice !== second[i]);
    if (job >= 0) return `job ${job + 1} went to server ${first[job]}, and to ${second[job]} when all was repeated`;
  }
  return undefined;
}

function undeclaredKnowledge(factory: PolicyFactory, seed: string): string | undefined {
  for (let script = 0; script < SCRIPTS; script++) {
    const system = new Script(factory, `${seed}/${script}`);
    for (const _ of system.play());
    const { knows, information } = system.policy;
    for (const what of system.fleet.used)
      if (!what.some((one) => knows.includes(one)))
        return `uses ${KNOWLEDGE[what[0]]} without declaring "${what.join('" or "')}"`;
    if (knows.includes("answers") && information.messages === 0)
      return 'declares "answers", but its information counts no messages';
  }
  return undefined;
}

function undeclaredTime(factory: PolicyFactory, seed: string): string | undefined {
  if (factory(new Fleet(), () => 0).knows.includes("time")) return undefined;
  const [early, late] = [0, 1e6].map((start) => [...new Script(factory, seed, start).play()]);
  const job = early.findIndex((choice, i) => choice !== late[i]);
  return job < 0 ? undefined : `job ${job + 1} went to server ${early[job]}, and to ${late[job]} when all came later`;
}

function changesToFleet(factory: PolicyFactory, seed: string): string | undefined {
  for (let script = 0; script < SCRIPTS; script++) {
    const system = new Script(factory, `${seed}/${script}`);
    for (const _ of system.play());
    const [change] = system.fleet.changes;
    if (change !== undefined) return `calls fleet.${change}, which is for whoever runs the policy`;
  }
  return undefined;
}

/** A random course of events in a small fleet, the same for the same seed as far as the policy decides the same. */
class Script {
  readonly fleet = new WatchedFleet();
  readonly policy: Policy;
  private readonly random: RandomStream;
  private readonly job = new WatchedJob(this.fleet);
  /** When the jobs of each server came, oldest first. */
  private readonly arrivals: number[][] = [];
  /** Servers that were probed and have not answered yet. */
  private readonly probed: number[] = [];

  constructor(
    factory: PolicyFactory,
    seed: string,
    private now = 0,
  ) {
    this.random = randomStream(seed, "events");
    this.join();
    this.policy = this.fleet.watch(() => factory(this.fleet, randomStream(seed, "policy")));
  }

  /** Yields every choice, before anything comes of it. */
  *play(): Generator<number> {
    for (let step = 0; step < STEPS; step++) {
      this.now += this.random();
      const kind = this.random();
      if (kind < 0.04) this.join();
      else if (kind < 0.06) this.leave();
      else if (kind < 0.5) {
        this.answer();
        this.complete();
      } else yield* this.arrive();
    }
  }

  /** The servers that are to be probed after the choice that was just made. */
  toProbe(): number[] {
    const { servers, count } = this.policy.probes ?? { servers: [], count: 0 };
    return [...servers.slice(0, count)];
  }

  private join(): void {
    const buffer = 1 + uniformIndex(this.random, 4);
    const server = this.fleet.join({ buffer, rate: 1 + uniformIndex(this.random, 3) });
    this.arrivals[server] = [];
  }

  private leave(): void {
    const { members } = this.fleet;
    if (members.size < 2) return;
    const server = members.at(uniformIndex(this.random, members.size));
    this.fleet.leave(server);
    if (this.random() < 0.5) this.fleet.enter(server);
  }

  private *arrive(): Generator<number> {
    const { fleet, job, now } = this;
    job.next(uniformIndex(this.random, 5), 0.5 + this.random());
    const server = fleet.watch(() => this.policy.choose(job, now));
    yield server;
    this.probed.push(...this.toProbe());
    if (fleet.isFull(server)) return;
    fleet.send(server);
    this.arrivals[server].push(now);
  }

  /** All that were probed answer, unless they have left. */
  private answer(): void {
    const { fleet, policy, now } = this;
    for (const server of this.probed.splice(0)) {
      if (!fleet.members.has(server) || !policy.knows.includes("probes")) continue;
      const jobs = fleet.queueLength(server);
      const latency = 2 * this.random();
      fleet.watch(() => policy.answered?.(server, jobs, latency, now));
    }
  }

  private complete(): void {
    const { fleet, now } = this;
    if (fleet.members.size === 0) return;
    const server = fleet.members.at(uniformIndex(this.random, fleet.members.size));
    const arrival = this.arrivals[server].shift();
    if (arrival === undefined) return;
    fleet.ended(server);
    if (this.policy.knows.includes("latencies")) fleet.watch(() => this.policy.completed?.(server, now - arrival, now));
  }
}

/** Alternatives of what must be declared to use something. */
type Needed = readonly Knowledge[];
const QUEUES: Needed = ["queue-lengths", "answers"];
const ORDER: Needed = ["queue-lengths"];
const IDLE: Needed = ["idle-servers", "queue-lengths"];
const RATES: Needed = ["rates"];
const CLASSES: Needed = ["classes"];
const TYPE: Needed = ["job-type"];
const SIZE: Needed = ["job-size"];

/** A fleet that notes what a policy uses of it, and whether it changes it. */
class WatchedFleet extends Fleet {
  readonly used = new Set<Needed>();
  readonly changes = new Set<string>();
  private watching = false;

  watch<T>(act: () => T): T {
    this.watching = true;
    try {
      return act();
    } finally {
      this.watching = false;
    }
  }

  note(what: Needed): void {
    if (this.watching) this.used.add(what);
  }

  override get idle(): IndexSet {
    this.note(IDLE);
    return super.idle;
  }

  override get byQueueLength(): QueueLevels {
    this.note(ORDER);
    return super.byQueueLength;
  }

  override queueLength(server: number): number {
    this.note(QUEUES);
    return super.queueLength(server);
  }

  override rate(server: number): number {
    this.note(RATES);
    return super.rate(server);
  }

  override serverClass(server: number): number {
    this.note(CLASSES);
    return super.serverClass(server);
  }

  override join(server: ServerDescription): number {
    this.change("join");
    return super.join(server);
  }

  override leave(server: number): void {
    this.change("leave");
    super.leave(server);
  }

  override enter(server: number): void {
    this.change("enter");
    super.enter(server);
  }

  override assigned(server: number): number {
    this.change("assigned");
    return super.assigned(server);
  }

  override ended(server: number): number {
    this.change("ended");
    return super.ended(server);
  }

  private change(how: string): void {
    if (this.watching) this.changes.add(how);
  }
}

class WatchedJob implements Job {
  private nextType = 0;
  private nextSize = 0;

  constructor(private readonly fleet: WatchedFleet) {}

  next(type: number, size: number): void {
    this.nextType = type;
    this.nextSize = size;
  }

  get type(): number {
    this.fleet.note(TYPE);
    return this.nextType;
  }

  get size(): number {
    this.fleet.note(SIZE);
    return this.nextSize;
  }
}
