import type { Run } from "../../experiments/run.js";
import type { ControlAction, ControlOffer, ProcessRequest, Workload } from "../../live/http/control.js";
import type { ToLoadGenerator } from "../../live/wire/messages.js";
import { UserError } from "../../model/errors.js";
import { generalPolicies, policyNamed } from "../../policies/index.js";
import type { Dispatcher } from "../core/dispatcher.js";
import type { RunWatch } from "../observation/run-watch.js";
import type { NodeConnection } from "./node-roster.js";
import type { Switchboard } from "./switchboard.js";

export interface ControlsOptions {
  readonly run: Run;
  readonly watch: RunWatch;
  readonly dispatcher: Dispatcher;
  readonly switchboard: Switchboard;
  readonly seed: string;
  readonly needsToken: boolean;
  /** Sends a request to the command that started the processes; undefined if they were started by hand. */
  readonly request: ((request: ProcessRequest) => void) | undefined;
}

/** Carries out the control actions of authorised clients. Every action is an event of the run, and all but a new seed void it. */
export class Controls {
  /** What the load generator was told last. */
  workload: Workload;
  private added = 0;
  private policy: string | null = null;
  private readonly drained = new Set<number>();
  /** Killed nodes by name, with the numbers of their servers. */
  private readonly killed = new Map<string, readonly number[]>();

  constructor(private readonly options: ControlsOptions) {
    const { totalArrivalRate } = options.run.experiment.system;
    this.workload = { arrivalRate: totalArrivalRate, seed: options.seed, paused: false };
  }

  get offer(): ControlOffer {
    return {
      needsToken: this.options.needsToken,
      policies: this.hasPolicyOfItsOwn ? [] : generalPolicies.map(({ name }) => name),
    };
  }

  /** Carries out an action. Returns a description of what was done. Throws UserError if it cannot be done. */
  act(action: ControlAction): string {
    const done = this.perform(action);
    const { run, watch } = this.options;
    watch.happened("control", done);
    // Predictions hold for any seed.
    if (action.action !== "seed") run.voidBecause(`${done}, by hand; start again for a verdict`);
    return done;
  }

  private perform(action: ControlAction): string {
    switch (action.action) {
      case "arrival-rate":
        this.tellGenerators({ arrivalRate: action.rate });
        return `arrival rate set to ${action.rate} per time unit`;
      case "pause":
        this.tellGenerators({ paused: true });
        return "arrivals paused";
      case "resume":
        this.tellGenerators({ paused: false });
        return "arrivals resumed";
      case "seed":
        this.tellGenerators({ seed: action.seed });
        return `arrivals and works drawn from seed ${action.seed}`;
      case "policy":
        return this.changePolicy(action.policy);
      case "add":
        return this.add();
      case "drain":
        this.nodeOf(action.server);
        this.drained.add(action.server);
        this.change();
        return `server ${action.server} drained`;
      case "kill":
        return this.kill(action.server);
      case "restore":
        return this.restore(action.server);
    }
  }

  private tellGenerators(change: Partial<Workload>): void {
    const { present } = this.options.switchboard.generators;
    if (present.length === 0) throw new UserError("there is no load generator");
    if (present.length > 1)
      throw new UserError(`${present.length} load generators share the arrivals; control needs a single one`);
    this.workload = { ...this.workload, ...change };
    const message: ToLoadGenerator = { type: "workload", ...this.workload };
    present[0].channel?.send(message);
  }

  private get hasPolicyOfItsOwn(): boolean {
    const { graph, server } = this.options.run.experiment.system;
    return graph !== undefined || server.discipline !== "fifo";
  }

  private changePolicy(name: string): string {
    policyNamed(name);
    if (this.hasPolicyOfItsOwn) throw new UserError("the policy of this scenario cannot be changed during a run");
    const before = this.options.dispatcher.policyName;
    this.policy = name;
    this.change();
    return `policy changed from ${before} to ${name}`;
  }

  private add(): string {
    const { request, run, switchboard } = this.options;
    if (request === undefined) throw new UserError("processes were started by hand: start another node by hand");
    const { servers, graph, classNames, server } = run.experiment.system;
    if (graph !== undefined || classNames.length > 1 || server.initialRates.law === "list")
      throw new UserError("this scenario specifies each server individually: none can be added");
    const missing = switchboard.others?.missing ?? [];
    if (missing.length > 0)
      throw new UserError(`dispatcher ${missing[0]} is not connected, and would refuse the server: try again later`);
    const number = servers + this.added++;
    this.change();
    request({ type: "add-node", server: number });
    return `server ${number} added`;
  }

  private kill(number: number): string {
    const node = this.nodeOf(number);
    const { request } = this.options;
    if (request === undefined) throw new UserError("processes were started by hand: kill the node where it runs");
    this.killed.set(node.name, node.serverNumbers);
    this.wake(node.serverNumbers);
    request({ type: "kill-node", name: node.name });
    return `${node.name} killed, with ${serversInWords(node)}`;
  }

  private restore(number: number): string {
    for (const [name, numbers] of this.killed) {
      if (!numbers.includes(number)) continue;
      this.killed.delete(name);
      this.options.request?.({ type: "start-node", name });
      return `${name} started again`;
    }
    this.nodeOf(number);
    this.wake([number]);
    return `server ${number} takes jobs again`;
  }

  private wake(numbers: readonly number[]): void {
    for (const number of numbers) this.drained.delete(number);
    this.change();
  }

  /** Makes all that has been changed so, here and at other dispatchers. */
  private change(): void {
    const { policy, added: further, drained } = this;
    this.options.switchboard.manualChanges.make({ policy, further, drained: [...drained] });
  }

  /** The node of a server. Throws UserError if there is no such server. */
  private nodeOf(number: number): NodeConnection {
    for (const node of this.options.switchboard.roster.nodes) if (node.serverNumbers.includes(number)) return node;
    throw new UserError(`there is no server ${number}`);
  }
}

function serversInWords({ serverNumbers }: NodeConnection): string {
  const [first, last] = [serverNumbers[0], serverNumbers[serverNumbers.length - 1]];
  return serverNumbers.length === 1 ? `server ${first}` : `servers ${first} to ${last}`;
}
