import { describe, expect, it } from "vitest";
import { Controls } from "../../dispatcher/controls.js";
import { RunWatch } from "../../dispatcher/run-watch.js";
import { type ControlAction, type ProcessRequest, readControlAction } from "../../live/control.js";
import { studentQuantile } from "../../model/statistics/interval.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { Cluster } from "../../simulator/faults/cluster.js";
import { VirtualTime } from "../../simulator/faults/virtual-process.js";

const SERVERS = 6;
const NODES = 3;
const TIME_UNIT_SECONDS = 0.05;
/** Chance that a count of arrivals is called wrong although it is right. */
const ALPHA = 1e-6;

/** All processes of a live system in virtual time, under control. */
class ControlledSystem {
  readonly requests: ProcessRequest[] = [];
  readonly cluster: Cluster;
  readonly watch: RunWatch;
  readonly controls: Controls;
  private readonly time = new VirtualTime();

  constructor(settings: Record<string, string> = {}, supervised = true) {
    const defaults = { servers: String(SERVERS), buffer: "infinite", policy: "jsq", rateControl: "fixed" };
    this.cluster = new Cluster(
      {
        experiment: scenarioNamed("rate-scaling").configure(
          { ...defaults, initialRates: "constant:2", arrivalRate: "0.5", ...settings },
          "1",
        ),
        ...{ nodes: NODES, generators: 1, onLoss: "requeue", heartbeatSeconds: 0.5 },
        ...{ timeUnitSeconds: TIME_UNIT_SECONDS, sendingSeconds: 1e6, seed: "controls" },
      },
      this.time,
    );
    const { run } = this.cluster.dispatcher.occupant;
    this.watch = new RunWatch(() => 0);
    this.controls = new Controls({
      ...this.cluster.dispatcher.occupant,
      watch: this.watch,
      seed: "1",
      needsToken: false,
      request: supervised ? (request) => this.requests.push(request) : undefined,
    });
    while (run.phase === "waiting") this.time.next();
    this.pass(2);
  }

  get dispatcher() {
    return this.cluster.dispatcher.occupant.dispatcher;
  }

  pass(seconds: number): void {
    const until = this.time.now + seconds;
    while (this.time.nextTime <= until) this.time.next();
    this.time.now = until;
  }

  act(action: ControlAction): string {
    let done = "";
    this.cluster.dispatcher.process.turn(() => {
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
    const server = this.cluster.dispatcher.occupant.switchboard.roster
      .numberedServers()
      .find((one) => one.number === number)?.server;
    return server === undefined ? Number.NaN : this.dispatcher.assignments(server);
  }
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
    expect(system.act({ action: "seed", seed: "7" })).toBe("arrivals and works from the seed 7");
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
    const { roster } = system.cluster.dispatcher.occupant.switchboard;
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
    expect(system.cluster.dispatcher.occupant.run.whyVoid()).toContain(
      "policy changed from jsq to round-robin, by hand",
    );
  });

  it("leave the verdict alone where only the seed is another one", () => {
    const system = new ControlledSystem();
    system.act({ action: "seed", seed: "2" });
    expect(system.cluster.dispatcher.occupant.run.whyVoid()).toBeUndefined();
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
    expect(system.cluster.dispatcher.occupant.run.whyVoid()).toBeUndefined();
  });

  it.each([
    [{}, "no action: action"],
    [{ action: "fly" }, "no action: action"],
    [{ action: "drain" }, "no action: server"],
    [{ action: "arrival-rate", rate: 0 }, "no action: rate"],
    [{ action: "arrival-rate", rate: "fast" }, "no action: rate"],
    [{ action: "pause", now: true }, "no action: it"],
    ["pause", "no action: it"],
    [undefined, "no action: it"],
  ])("are not read from %j", (body, why) => {
    expect(() => readControlAction(body)).toThrow(why);
  });
});
