import type { ControlAction, ControlOffer, ProcessRequest } from "../live/control.js";
import type { ToLoadGenerator } from "../live/messages.js";
import { UserError } from "../model/errors.js";
import type { Run } from "../scenarios/run.js";
import type { Dispatcher } from "./dispatcher.js";
import type { NodeConnection } from "./node-roster.js";
import { policies, policyNamed } from "./policies/index.js";
import type { RunWatch } from "./run-watch.js";
import type { Switchboard } from "./switchboard.js";

export interface ControlsOptions {
  readonly run: Run;
  readonly watch: RunWatch;
  readonly dispatcher: Dispatcher;
  readonly switchboard: Switchboard;
  readonly seed: string;
  readonly needsToken: boolean;
  /** Asks the command that started the processes; undefined where they were started by hand. */
  readonly request: ((request: ProcessRequest) => void) | undefined;
}

/** Does to a running system what someone with the right to asks for. Every action is an event of the run, and ends its verdict. */
export class Controls {
  private workload: { arrivalRate: number; seed: string; paused: boolean };
  private added = 0;
  /** Nodes that were killed, by their name, with the numbers of their servers. */
  private readonly killed = new Map<string, readonly number[]>();

  constructor(private readonly options: ControlsOptions) {
    const { totalArrivalRate } = options.run.experiment.system;
    this.workload = { arrivalRate: totalArrivalRate, seed: options.seed, paused: false };
  }

  get offer(): ControlOffer {
    const { run, needsToken } = this.options;
    const { totalArrivalRate } = run.experiment.system;
    return { needsToken, totalArrivalRate, policies: this.hasPolicyOfItsOwn ? [] : [...policies.keys()] };
  }

  /** Acts. Returns what was done, in words. Throws UserError if it cannot be done. */
  act(action: ControlAction): string {
    const done = this.perform(action);
    const { run, watch } = this.options;
    watch.happened("control", done);
    // The same law under other chance is still what theory speaks of.
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
        return `arrivals and works from the seed ${action.seed}`;
      case "policy":
        return this.changePolicy(action.policy);
      case "add":
        return this.add();
      case "drain":
        this.options.switchboard.roster.rest(this.serverNumbered(action.server).server);
        return `server ${action.server} drained`;
      case "kill":
        return this.kill(action.server);
      case "restore":
        return this.restore(action.server);
    }
  }

  private tellGenerators(change: Partial<Controls["workload"]>): void {
    const { present } = this.options.switchboard.generators;
    if (present.length === 0) throw new UserError("there is no load generator");
    if (present.length > 1)
      throw new UserError(`${present.length} load generators share the arrivals: control just one`);
    this.workload = { ...this.workload, ...change };
    const message: ToLoadGenerator = { type: "workload", ...this.workload };
    present[0].channel?.send(message);
  }

  private get hasPolicyOfItsOwn(): boolean {
    const { graph, server } = this.options.run.experiment.system;
    return graph !== undefined || server.discipline !== "fifo";
  }

  private changePolicy(name: string): string {
    const policy = policyNamed(name);
    if (this.hasPolicyOfItsOwn) throw new UserError("this scenario has policies of its own, which cannot be changed");
    const before = this.options.dispatcher.policyName;
    this.options.dispatcher.changePolicy(policy);
    return `policy changed from ${before} to ${name}`;
  }

  private add(): string {
    const { request, run, switchboard } = this.options;
    if (request === undefined) throw new UserError("processes were started by hand: start a further node by hand");
    const { servers, graph, classNames, server } = run.experiment.system;
    if (graph !== undefined || classNames.length > 1 || server.initialRates.law === "list")
      throw new UserError("this scenario says of each server what it is: a further one has no place in it");
    const number = servers + this.added++;
    switchboard.roster.allowFurther(1);
    request({ type: "add-node", server: number });
    return `server ${number} added`;
  }

  private kill(number: number): string {
    const { node } = this.serverNumbered(number);
    const { request } = this.options;
    if (request === undefined) throw new UserError("processes were started by hand: kill the node where it runs");
    this.killed.set(node.name, node.serverNumbers);
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
    this.options.switchboard.roster.wake(this.serverNumbered(number).server);
    return `server ${number} takes jobs again`;
  }

  private serverNumbered(number: number): { node: NodeConnection; server: number } {
    for (const node of this.options.switchboard.roster.nodes) {
      const index = node.serverNumbers.indexOf(number);
      if (index >= 0) return { node, server: node.servers[index] };
    }
    throw new UserError(`there is no server ${number}`);
  }
}

function serversInWords({ serverNumbers }: NodeConnection): string {
  const [first, last] = [serverNumbers[0], serverNumbers[serverNumbers.length - 1]];
  return serverNumbers.length === 1 ? `server ${first}` : `servers ${first} to ${last}`;
}
