import { setTimeout as sleep } from "node:timers/promises";
import { exponential, type RandomStream, randomStream, uniformIndex } from "../../model/random.js";
import { residentMegabytes } from "../measure.js";
import { Hostility } from "./hostility.js";
import type { SoakReport } from "./soak-report.js";
import { NODES, SoakSystem } from "./system.js";

/** Per server of unit rate: low enough for the backlog after a fault to clear quickly. */
const ARRIVAL_RATE = 0.5;
const MEAN_PAUSE_SECONDS = 8;
const SAMPLE_SECONDS = 1;
/** Largest growth of the dispatcher's memory over the second half of the time since its last restart. */
const MOST_GROWTH_MEGABYTES = 40;

/**
 * A steady load while processes are killed and stopped, beside hostile peers if asked for, with checks of the job balance and the
 * dispatcher's memory.
 */
export async function soakWithFaults(seconds: number, seed: string, hostile: boolean): Promise<SoakReport> {
  const system = new SoakSystem({
    ...{ buffer: "infinite", policy: "jiq", arrivalRate: ARRIVAL_RATE, flags: ["--heartbeat", "500ms"] },
  });
  await system.start();
  const hostility = hostile ? new Hostility(system.port) : undefined;
  const harm = new Harm(system, randomStream(seed, "soak"), hostile);
  const endsAt = performance.now() + 1000 * seconds;
  const sending = system.send(ARRIVAL_RATE, seconds);
  const watching = harm.watch(endsAt);
  await harm.misbehave(endsAt);
  const { jobs } = await sending;
  await watching;
  await hostility?.end();
  await system.end();
  if (jobs.sent !== jobs.completed + jobs.blocked + jobs.lost + jobs.underWay)
    harm.problems.push("the generator's job balance is violated");
  if (jobs.underWay > 0) harm.problems.push(`${jobs.underWay} jobs never ended`);
  if (jobs.lost > 0) harm.problems.push(`${jobs.lost} jobs were lost despite infinite buffers`);
  const done = [...harm.faults].map(([kind, count]) => `${kind} ${count}`).join(", ");
  return {
    lines: [
      `${seconds} s; faults: ${done}`,
      `jobs: ${JSON.stringify(jobs)}, ${harm.retriedBefore + harm.retried} requeued`,
      harm.memoryLine(),
    ],
    problems: harm.problems,
  };
}

/** Injects faults into a system and observes the effects. */
class Harm {
  readonly faults = new Map<string, number>();
  readonly problems: string[] = [];
  /** Jobs requeued, as counted by the present dispatcher and by its predecessors. */
  retried = 0;
  retriedBefore = 0;
  private memory: number[] = [];

  constructor(
    private readonly system: SoakSystem,
    private readonly random: RandomStream,
    private readonly hostile: boolean,
  ) {}

  async misbehave(endsAt: number): Promise<void> {
    await sleep(5000);
    while (performance.now() < endsAt - 5000) {
      await sleep(1000 * Math.min(30, exponential(this.random, MEAN_PAUSE_SECONDS)));
      await this.fault();
    }
  }

  /** Checks the job balance and the memory until the last job has ended. */
  async watch(endsAt: number): Promise<void> {
    while (performance.now() < endsAt + 2000) {
      await sleep(1000 * SAMPLE_SECONDS);
      const state = await this.system.state();
      if (state === undefined) continue;
      const { offered, completed, blocked, lost, inFlight } = state.totals;
      if (offered !== completed + blocked + lost + inFlight)
        this.problems.push(`the job balance is violated: ${JSON.stringify(state.totals)}`);
      if (state.whyVoid?.includes("job balance")) this.problems.push(state.whyVoid);
      if (state.offences > 0 !== this.hostile && this.memory.length > 30)
        this.problems.push(`${state.offences} connections were rejected`);
      this.retried = state.totals.retried;
      this.memory.push(residentMegabytes(this.system.dispatcher.pid ?? 0));
    }
    const half = this.memory.slice(Math.floor(this.memory.length / 2));
    const growth = half.length < 60 ? 0 : half[half.length - 1] - half[0];
    if (growth > MOST_GROWTH_MEGABYTES) this.problems.push(`the dispatcher grew by ${growth.toFixed(0)} MB`);
  }

  memoryLine(): string {
    const { memory } = this;
    const at = (part: number): string => memory[Math.round(part * (memory.length - 1))]?.toFixed(0) ?? "?";
    return `dispatcher, in the ${memory.length} s since its last start: ${at(0)} MB initially, ${at(0.5)} MB half way, ${at(1)} MB at the end`;
  }

  private async fault(): Promise<void> {
    const { system, random } = this;
    const node = uniformIndex(random, NODES);
    const kinds = ["node killed", "node stopped", "dispatcher stopped", "all nodes killed", "dispatcher killed"];
    const kind = kinds[Math.floor(4.25 * random())];
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    const pauseMilliseconds = 1000 * Math.min(6, exponential(random, 1));
    if (kind === "dispatcher killed") {
      this.retriedBefore += (await system.state())?.totals.retried ?? 0;
      this.retried = 0;
      system.dispatcher.kill("SIGKILL");
      this.memory = [];
      await sleep(pauseMilliseconds);
      system.startDispatcher();
    } else if (kind.endsWith("killed")) {
      const killed = kind === "node killed" ? [node] : [...system.nodes.keys()];
      for (const one of killed) system.nodes[one].kill("SIGKILL");
      await sleep(pauseMilliseconds);
      for (const one of killed) system.startNode(one);
    } else {
      const stopped = kind === "node stopped" ? system.nodes[node] : system.dispatcher;
      stopped.kill("SIGSTOP");
      await sleep(pauseMilliseconds);
      stopped.kill("SIGCONT");
    }
  }
}
