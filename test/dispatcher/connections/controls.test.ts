import { describe, expect, it } from "vitest";
import { Controls } from "../../../dispatcher/connections/controls.js";
import { RunWatch } from "../../../dispatcher/observation/run-watch.js";
import { divided } from "../../../experiments/division.js";
import { type ControlAction, type ProcessRequest, readControlAction } from "../../../live/http/control.js";
import { studentQuantile } from "../../../model/statistics/interval.js";
import { scenarioNamed } from "../../../scenarios/index.js";
import { Cluster, type DispatcherOccupant } from "../../../simulator/faults/cluster.js";
import { VirtualTime } from "../../../simulator/faults/virtual-process.js";

const SERVERS = 6;
const NODES = 3;
const TIME_UNIT_SECONDS = 0.05;
/** Probability that a count of arrivals is called wrong although it is right. */
const ALPHA = 1e-6;

/** All processes of a live system in virtual time, under control. */
class ControlledSystem {
  readonly requests: ProcessRequest[] = [];
  readonly cluster: Cluster;
  readonly watch: RunWatch;
  readonly controls: Controls;
  private readonly time = new VirtualTime();

  constructor(settings: Record<string, string> = {}, supervised = true, dispatchers = 1) {
    const defaults = { servers: String(SERVERS), buffer: "infinite", policy: "jsq", rateControl: "fixed" };
    const one = scenarioNamed("rate-scaling").configure(
      { ...defaults, initialRates: "constant:2", arrivalRate: "0.5", ...settings },
      "1",
    );
    this.cluster = new Cluster(
      {
        experiment: divided(one, { dispatchers, views: "told" }),
        ...{ dispatchers, nodes: NODES, generators: 1, onLoss: "requeue", heartbeatSeconds: 0.5 },
        ...{ timeUnitSeconds: TIME_UNIT_SECONDS, sendingSeconds: 1e6, seed: "controls" },
      },
      this.time,
    );
    const { run } = this.cluster.dispatchers[0].occupant;
    this.watch = new RunWatch(() => 0);
    this.controls = new Controls({
      ...this.cluster.dispatchers[0].occupant,
      watch: this.watch,
      seed: "1",
      needsToken: false,
      request: supervised ? (request) => this.requests.push(request) : undefined,
    });
    while (run.phase === "waiting") this.time.next();
    this.pass(2);
  }

  get dispatcher() {
    return this.cluster.dispatchers[0].occupant.dispatcher;
  }

  pass(seconds: number): void {
    const until = this.time.now + seconds;
    while (this.time.nextTime <= until) this.time.next();
    this.time.now = until;
  }

  act(action: ControlAction): string {
    let done = "";
    this.cluster.dispatchers[0].process.turn(() => {
      done = this.controls.act(action);
    });
    this.pass(0.5);
    return done;
  }

  /** How many jobs are offered in so many seconds. */
  offeredIn(seconds: number): number {
    const before = this.dispatcher.totals.offered;
    this.pass(seconds);
    return this.dispatcher.totals.offered - before;
  }

  assignmentsOf(number: number): number {
    const server = this.cluster.dispatchers[0].occupant.switchboard.roster
      .numberedServers()
      .find((one) => one.number === number)?.server;
    return server === undefined ? Number.NaN : this.dispatcher.assignments(server);
  }
}

/** A dispatcher's number for the server with this number of its own; NaN if it is not there. */
function indexOf({ switchboard }: Pick<DispatcherOccupant, "switchboard">, number: number): number {
  const node = [...switchboard.roster.nodes].find(({ serverNumbers }) => serverNumbers.includes(number));
  return node?.servers[node.serverNumbers.indexOf(number)] ?? Number.NaN;
}

/** Expects a count of Poisson arrivals at this rate per second, by the normal approximation. */
function expectRate(count: number, rate: number, seconds: number): void {
  const mean = rate * seconds;
  const deviation = studentQuantile(1 - ALPHA / 2, Number.POSITIVE_INFINITY) * Math.sqrt(mean);
  expect(Math.abs(count - mean)).toBeLessThan(deviation);
}

describe("controls", () => {
  it("pause the arrivals and let them go on, at another rate and from another seed", () => {
    const system = new ControlledSystem();
    expectRate(system.offeredIn(30), (0.5 * SERVERS) / TIME_UNIT_SECONDS, 30);
    expect(system.act({ action: "pause" })).toBe("arrivals paused");
    system.pass(5);
    expect(system.dispatcher.inFlight).toBe(0);
    expect(system.offeredIn(20)).toBe(0);
    system.act({ action: "arrival-rate", rate: 9 });
    expect(system.offeredIn(20)).toBe(0);
    system.act({ action: "resume" });
    expectRate(system.offeredIn(30), 9 / TIME_UNIT_SECONDS, 30);
    expect(system.act({ action: "seed", seed: "7" })).toBe("arrivals and works drawn from seed 7");
    expectRate(system.offeredIn(30), 9 / TIME_UNIT_SECONDS, 30);
    expect(system.dispatcher.imbalance()).toBeUndefined();
  });

  it("drain a server, which finishes what it holds, and restore it", () => {
    const system = new ControlledSystem();
    expect(system.act({ action: "drain", server: 5 })).toBe("server 5 drained");
    const assigned = system.assignmentsOf(5);
    system.pass(30);
    expect(system.assignmentsOf(5)).toBe(assigned);
    expect(system.dispatcher.queueLength(5)).toBe(0);
    expect(system.act({ action: "restore", server: 5 })).toBe("server 5 takes jobs again");
    system.pass(30);
    expect(system.assignmentsOf(5)).toBeGreaterThan(assigned);
  });

  it("have a node killed, whose jobs go to others, and started again", () => {
    const system = new ControlledSystem();
    expect(system.act({ action: "kill", server: 3 })).toBe("node-1 killed, with servers 2 to 3");
    expect(system.requests).toEqual([{ type: "kill-node", name: "node-1" }]);
    system.cluster.kill(system.cluster.nodes[1], false);
    system.pass(10);
    const { roster } = system.cluster.dispatchers[0].occupant.switchboard;
    expect(roster.connectedServers).toBe(SERVERS - 2);
    expect(system.act({ action: "restore", server: 2 })).toBe("node-1 started again");
    expect(system.requests[1]).toEqual({ type: "start-node", name: "node-1" });
    system.cluster.restartNode(1);
    system.pass(10);
    expect(roster.connectedServers).toBe(SERVERS);
    expect(system.dispatcher.totals.lost).toBe(0);
  });

  it("change the policy and add servers, and every action is told, an event, and the end of the verdict", () => {
    const system = new ControlledSystem();
    expect(system.act({ action: "policy", policy: "round-robin" })).toBe("policy changed from jsq to round-robin");
    expect(system.dispatcher.policyName).toBe("round-robin");
    expect(system.act({ action: "add" })).toBe("server 6 added");
    expect(system.act({ action: "add" })).toBe("server 7 added");
    expect(system.requests).toEqual([
      { type: "add-node", server: 6 },
      { type: "add-node", server: 7 },
    ]);
    expect(system.watch.events.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      "control: policy changed from jsq to round-robin",
      "control: server 6 added",
      "control: server 7 added",
    ]);
    expect(system.cluster.dispatchers[0].occupant.run.whyVoid()).toContain(
      "policy changed from jsq to round-robin, by hand",
    );
  });

  it.each([2, 4])("change the policy of %d dispatchers, whatever their servers have to tell then", (dispatchers) => {
    const system = new ControlledSystem({}, true, dispatchers);
    const all = system.cluster.dispatchers.map(({ occupant }) => occupant);
    let offered = 0;
    for (const policy of ["jiq", "jsq", "round-robin", "jiq:tokens=all", "jiq", "random", "jsq", "round-robin"]) {
      system.act({ action: "policy", policy });
      for (const { dispatcher } of all) expect(dispatcher.policyName).toBe(policy.split(":")[0]);
      system.pass(10);
      system.act({ action: "pause" });
      system.pass(10);
      const before = offered;
      offered = all.reduce((sum, { dispatcher }) => sum + dispatcher.totals.offered, 0);
      expectRate(offered - before, (0.5 * SERVERS) / TIME_UNIT_SECONDS, before === 0 ? 12.5 : 10.5);
      for (let server = 0; server < SERVERS; server++) {
        const known = all.map((one) => one.dispatcher.queueLength(indexOf(one, server)));
        // A token is with one of them: others take the server for busy.
        if (policy === "jiq") expect(known, `server ${server}`).toContain(0);
        else expect(known, `${policy}, server ${server}`).toEqual(all.map(() => 0));
      }
      for (const { dispatcher, switchboard } of all)
        expect([dispatcher.imbalance(), switchboard.offences]).toEqual([undefined, 0]);
      system.act({ action: "resume" });
    }
  });

  it("drain, restore and add servers at all of several dispatchers, also at one that was away", () => {
    const system = new ControlledSystem({}, true, 2);
    const [first, second] = system.cluster.dispatchers;
    const assignmentsAt = ({ occupant }: typeof first): number => occupant.dispatcher.assignments(indexOf(occupant, 5));
    system.act({ action: "drain", server: 5 });
    const sent = [first, second].map(assignmentsAt);
    system.pass(20);
    expect([first, second].map(assignmentsAt)).toEqual(sent);
    system.cluster.kill(second, false);
    system.pass(0.5);
    expect(() => system.act({ action: "add" })).toThrow("dispatcher 1 is not connected");
    system.cluster.restartDispatcher(1);
    system.pass(30);
    // It knows from the first that the server is drained.
    expect(assignmentsAt(second)).toBe(0);
    system.act({ action: "restore", server: 5 });
    system.pass(20);
    expect(assignmentsAt(first)).toBeGreaterThan(sent[0]);
    expect(assignmentsAt(second)).toBeGreaterThan(0);
    expect(system.act({ action: "add" })).toBe(`server ${SERVERS} added`);
  });

  it("leave the verdict alone where only the seed is another one", () => {
    const system = new ControlledSystem();
    system.act({ action: "seed", seed: "2" });
    expect(system.cluster.dispatchers[0].occupant.run.whyVoid()).toBeUndefined();
  });

  it.each<[ControlAction, string]>([
    [{ action: "drain", server: 9 }, "there is no server 9"],
    [{ action: "policy", policy: "best" }, 'unknown policy "best"'],
    [{ action: "kill", server: 0 }, "processes were started by hand"],
    [{ action: "add" }, "processes were started by hand"],
  ])("refuse %j and say why, and nothing happens", (action, why) => {
    const system = new ControlledSystem({}, false);
    expect(() => system.controls.act(action)).toThrow(why);
    expect(system.watch.events).toEqual([]);
    expect(system.cluster.dispatchers[0].occupant.run.whyVoid()).toBeUndefined();
  });

  it.each([
    [{}, "not an action: action"],
    [{ action: "fly" }, "not an action: action"],
    [{ action: "drain" }, "not an action: server"],
    [{ action: "arrival-rate", rate: 0 }, "not an action: rate"],
    [{ action: "arrival-rate", rate: "fast" }, "not an action: rate"],
    [{ action: "pause", now: true }, "not an action: it"],
    ["pause", "not an action: it"],
    [undefined, "not an action: it"],
  ])("are not read from %j", (body, why) => {
    expect(() => readControlAction(body)).toThrow(why);
  });
});
