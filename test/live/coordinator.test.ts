import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { DispatcherState } from "../../live/dispatcher-state.js";
import { noDispatcherTotals, noServerTotals } from "../../model/totals.js";
import { noViewTotals } from "../../model/view-quality.js";
import { LiveProcesses } from "../support/live-processes.js";
import { updateAt } from "../support/small-system.js";

const HELLO = { type: "hello", protocol: 1 } as const;
const live = new LiveProcesses();
const sockets: WebSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await live.end();
});

/** A coordinator of two dispatchers and four servers; its URL. */
async function coordinator(): Promise<string> {
  return live.dispatcher("--scenario", "spatial-graphs", "--set", "servers=4", "graph=ring", "--dispatchers", "2");
}

async function state(url: string): Promise<DispatcherState> {
  return (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
}

interface Peer {
  say(message: object): void;
  /** The next message to it. */
  hears(): Promise<unknown>;
  /** Why it is shut out. */
  readonly shutOut: Promise<string>;
  /** Reads nothing more, until it reads on. */
  stopReading(): void;
  readOn(): void;
  leave(): void;
}

/** Somebody who connects and says this first. */
async function peer(url: string, first: object): Promise<Peer> {
  const socket = new WebSocket(url.replace("http", "ws"));
  sockets.push(socket);
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  const shutOut = once(socket, "close").then(([code, reason]) => `${code} ${reason}`);
  await once(socket, "open");
  const say = (message: object): void => socket.send(JSON.stringify(message));
  say(first);
  const hears = async (): Promise<unknown> => {
    if (heard.length === 0) await once(socket, "message");
    return JSON.parse(heard.shift() ?? "null");
  };
  const [stopReading, readOn, leave] = [() => socket.pause(), () => socket.resume(), () => socket.close()];
  return { say, hears, shutOut, stopReading, readOn, leave };
}

const node = (name: string, servers: readonly number[]) => ({ ...HELLO, role: "server-node", name, servers });
const report = (totals: object, inFlight: number) => ({
  ...{ type: "report", totals: { ...noDispatcherTotals(), ...totals }, inFlight, view: noViewTotals() },
  information: { messages: 0, bitsPerServer: 0 },
  ...{ sojournTimes: [], heldBackTime: 0 },
});

/** All who are needed, after which the load generator is told to start. */
async function everybody(url: string) {
  const dispatchers = await Promise.all([0, 1].map((number) => peer(url, { ...HELLO, role: "dispatcher", number })));
  for (const dispatcher of dispatchers) {
    expect(await dispatcher.hears()).toEqual({ type: "welcome", servers: [] });
    dispatcher.say({ type: "ready" });
  }
  const nodes = await Promise.all([node("a", [0, 1]), node("b", [2, 3])].map((hello) => peer(url, hello)));
  const generator = await peer(url, { ...HELLO, role: "load-generator", name: "g" });
  expect(await generator.hears()).toEqual({ type: "start" });
  return { dispatchers, nodes, generator };
}

describe("a coordinator", () => {
  it("starts when all are here, sums what dispatchers say, and is void when somebody leaves, with who it was", async () => {
    const url = await coordinator();
    const { dispatchers, nodes } = await everybody(url);
    dispatchers[0].say(report({ offered: 10, completed: 7 }, 3));
    dispatchers[1].say(report({ offered: 5, completed: 4, blocked: 1 }, 0));
    nodes[0].say({ type: "queue", server: 1, queueLength: 2 });
    nodes[0].say({ type: "look", server: 1, totals: noServerTotals() });
    await expect.poll(async () => (await state(url)).totals.offered).toBe(15);
    const { totals, servers, whyVoid, phase } = await state(url);
    expect(totals).toMatchObject({ offered: 15, completed: 11, blocked: 1, lost: 0, inFlight: 3 });
    expect([servers.connected, whyVoid]).toEqual([4, null]);
    expect(["warming up", "measuring"]).toContain(phase);
    nodes[1].leave();
    await expect.poll(async () => (await state(url)).whyVoid).toMatch(/^server node b left \(/);
  });

  it("counts as lost what a dispatcher had under way that is gone, so that the books balance", async () => {
    const url = await coordinator();
    const { dispatchers } = await everybody(url);
    dispatchers[0].say(report({ offered: 10, completed: 6, lost: 1 }, 3));
    dispatchers[1].say(report({ offered: 5, completed: 4 }, 1));
    await expect.poll(async () => (await state(url)).totals.offered).toBe(15);
    dispatchers[0].leave();
    await expect.poll(async () => (await state(url)).whyVoid).toMatch(/^dispatcher 0 left \(/);
    const { totals } = await state(url);
    expect(totals).toMatchObject({ offered: 15, completed: 10, blocked: 0, lost: 4, inFlight: 1 });
  });

  it("shows the sojourn times of all dispatchers together, and is void when one held the load generator back", async () => {
    const url = await coordinator();
    const { dispatchers } = await everybody(url);
    // Bin 160 is of times from 1 to 17/16, bin 176 of those from 2 to 17/8.
    const sojournTimes = [[160, 3]];
    dispatchers[0].say({ ...report({ offered: 3, completed: 3 }, 0), sojournTimes });
    dispatchers[1].say({ ...report({ offered: 1, completed: 1 }, 0), sojournTimes: [[176, 1]] });
    await expect.poll(async () => (await state(url)).totals.completed).toBe(4);
    const { sojournTail } = (await updateAt(url)).distributions;
    const { times, fractions } = sojournTail;
    expect([times[1], fractions[1], times.at(-1), fractions.at(-2)]).toEqual([17 / 16, 0.25, 17 / 8, 0.25]);
    expect(await state(url)).toMatchObject({ heldBackTime: 0, whyVoid: null });
    dispatchers[1].say({ ...report({ offered: 1, completed: 1 }, 0), heldBackTime: 2.5 });
    await expect.poll(async () => (await state(url)).heldBackTime).toBe(2.5);
    expect((await state(url)).whyVoid).toMatch(/^dispatcher 1 did not read the load generator for a time/);
  });

  it("is void when the books of a dispatcher do not balance", async () => {
    const url = await coordinator();
    const { dispatchers } = await everybody(url);
    dispatchers[1].say(report({ offered: 10, completed: 7 }, 2));
    await expect
      .poll(async () => (await state(url)).whyVoid)
      .toMatch(/^the books of dispatcher 1 do not balance: of 10/);
  });

  it("shuts out those who are not of the system or say what they cannot know, and goes on", async () => {
    const url = await coordinator();
    const { generator } = await everybody(url);
    const wrong: [object, RegExp][] = [
      [{ ...HELLO, role: "dispatcher", number: 2 }, /^1002 is dispatcher 2 of 2/],
      [{ ...HELLO, role: "dispatcher", number: 1 }, /^1002 is dispatcher 1, which is here already/],
      [node("c", [3]), /^1002 announces server 3/],
      [node("c", [4]), /^1002 announces server 4/],
      [{ ...HELLO, role: "load-generator", name: "h" }, /^1002 is a second load generator/],
      [{ ...HELLO, protocol: 2, role: "load-generator", name: "h" }, /^1002 /],
      [{ ...HELLO, role: "load-generator", name: "h", taskTypes: 4 }, /^1002 /],
      [{ type: "ready" }, /^1002 /],
    ];
    for (const [hello, why] of wrong) expect(await (await peer(url, hello)).shutOut).toMatch(why);
    expect(await state(url)).toMatchObject({ offences: wrong.length, whyVoid: null });
    generator.say({ type: "submit", job: 1, taskType: 0, work: 1 });
    expect(await generator.shutOut).toBe("1002 sends a job to the coordinator");
  });

  it("cannot be changed while it runs, nor started with what it does not do", async () => {
    const url = await coordinator();
    const action = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect((await fetch(`${url}/api/control`, action)).status).toBe(403);
    const flags = ["--scenario", "spatial-graphs", "--dispatchers", "2", "--control", "--port", "0"];
    const { exitCode, stderr } = await live.start("dispatcher/main.js", flags).ended;
    expect([exitCode, stderr.trim()]).toEqual([2, expect.stringMatching(/--dispatchers 2: .*leave --control out$/)]);
  });
});

describe("one of several dispatchers", () => {
  /** The first of two, of a ring of four servers and types: it owns types 0 and 1, between servers 0, 1 and 2. */
  async function first(coordinatorUrl: string) {
    const system = ["--scenario", "spatial-graphs", "--set", "servers=4", "graph=ring", "--dispatchers", "2"];
    const process = live.start("dispatcher/local-main.js", [
      ...system,
      ...["--number", "0", "--coordinator", coordinatorUrl.replace("http", "ws")],
    ]);
    const port = /port (\d+)/.exec(await process.says(/listening on port \d+/))?.[1];
    return { process, url: `http://127.0.0.1:${port}` };
  }

  it("hears of its neighbours only, sends them its jobs, believes what they tell, and ends when one of them leaves", async () => {
    const { process, url } = await first(await coordinator());
    const node0 = await peer(url, node("a", [0, 1, 2, 3]));
    expect(await node0.hears()).toEqual({ type: "welcome", servers: [0, 1, 2] });
    const generator = await peer(url, { ...HELLO, role: "load-generator", name: "g" });
    expect(await generator.hears()).toEqual({ type: "start" });
    // Others keep servers 0 and 1 busy, so that a job of type 1 goes to server 2 unless it draws server 1 twice.
    for (const server of [0, 1])
      node0.say({ type: "queue", server, queueLength: 9, accepted: 0, sentAtMilliseconds: performance.timeOrigin });
    const sentTo: number[] = [];
    const counts = [0, 0, 0];
    for (let job = 1; job <= 20; job++) {
      generator.say({ type: "submit", job, taskType: 1, work: 1 });
      const { server, assignment } = (await node0.hears()) as { server: number; assignment: number };
      expect(assignment).toBe(++counts[server]);
      sentTo.push(server);
      node0.say({
        type: "queue",
        server,
        queueLength: server === 2 ? 1 : 10,
        accepted: assignment,
        sentAtMilliseconds: 0,
      });
      node0.say({ type: "complete", server, assignment, timeAtServer: 0 });
      node0.say({
        type: "queue",
        server,
        queueLength: server === 2 ? 0 : 9,
        accepted: assignment,
        sentAtMilliseconds: 0,
      });
      expect(await generator.hears()).toEqual({ type: "outcome", job, outcome: "completed" });
    }
    // After the first, of which the news may be late: with a quarter each to server 1, all 19 go there once in 10^11.
    expect(sentTo.slice(1)).toContain(2);
    expect(sentTo).not.toContain(0);
    node0.leave();
    const { exitCode, stderr } = await process.ended;
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/server node a is gone: .*; the run cannot go on/)]);
  });

  it("tells the load generator that what was under way is lost when a server node leaves", async () => {
    const coordinatorUrl = await coordinator();
    const { process, url } = await first(coordinatorUrl);
    const node0 = await peer(url, node("a", [0, 1, 2]));
    await node0.hears();
    const generator = await peer(url, { ...HELLO, role: "load-generator", name: "g" });
    await generator.hears();
    const ended = new Map<number, string>();
    for (const job of [1, 2, 3, 4]) generator.say({ type: "submit", job, taskType: job % 2, work: 1 });
    const { server, assignment } = (await node0.hears()) as { server: number; assignment: number };
    node0.say({ type: "complete", server, assignment, timeAtServer: 0 });
    node0.leave();
    for (let told = 0; told < 4; told++) {
      const { job, outcome } = (await generator.hears()) as { job: number; outcome: string };
      ended.set(job, outcome);
    }
    expect([...ended.values()].sort()).toEqual(["completed", "lost", "lost", "lost"]);
    generator.say({ type: "submit", job: 5, taskType: 0, work: 1 });
    expect(await generator.hears()).toEqual({ type: "outcome", job: 5, outcome: "blocked" });
    await expect
      .poll(async () => (await state(coordinatorUrl)).totals)
      .toMatchObject({ offered: 5, completed: 1, blocked: 1, lost: 3, inFlight: 0 });
    expect((await process.ended).exitCode).toBe(3);
  });

  it("does not read the load generator while its server nodes do not read", async () => {
    const { process, url } = await first(await coordinator());
    const node0 = await peer(url, node("a", [0, 1, 2]));
    await node0.hears();
    const generator = await peer(url, { ...HELLO, role: "load-generator", name: "g" });
    await generator.hears();
    node0.stopReading();
    // More than the system's socket buffers hold.
    for (let job = 1; job <= 150_000; job++) generator.say({ type: "submit", job, taskType: 0, work: Math.PI });
    await process.says(/the load generator is held back/);
    node0.readOn();
    await process.says(/and is read again/);
  });

  it("shuts out a load generator that sends it a job of another, and a server that completes what it does not hold", async () => {
    const url = await coordinator();
    const one = await first(url);
    const generator = await peer(one.url, { ...HELLO, role: "load-generator", name: "g" });
    generator.say({ type: "submit", job: 1, taskType: 2, work: 1 });
    expect(await generator.shutOut).toMatch(/^1002 sends a job of type 2/);
    expect((await one.process.ended).exitCode).toBe(3);
    const another = await first(url);
    const node0 = await peer(another.url, node("a", [0, 1]));
    node0.say({ type: "complete", server: 0, assignment: 1, timeAtServer: 0 });
    expect(await node0.shutOut).toMatch(/^1002 completes a job although it holds none/);
    expect((await another.process.ended).exitCode).toBe(3);
  });
});
