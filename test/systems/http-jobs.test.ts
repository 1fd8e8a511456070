import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpAnswer, httpTotals } from "../../live/http/http-jobs.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise, eventually, freePort, type Running, start } from "../support/equipoise.js";

const running: Running[] = [];
const balancers: Server[] = [];

afterEach(async () => {
  for (const { process, ended } of running.splice(0)) {
    process.kill("SIGTERM");
    await ended;
  }
  for (const balancer of balancers.splice(0)) {
    balancer.close();
    balancer.closeAllConnections();
  }
});

/** A node of servers of rate 1 that takes jobs over HTTP. Returns their ports. */
async function startNode(...flags: string[]): Promise<number[]> {
  const laws = ["--rate-control", "fixed", "--initial-rates", "constant:1", "--time-unit", "20ms"];
  const node = start("server-node/main.js", ["--http-port", "0", ...laws, ...flags]);
  running.push(node);
  const said = await node.says(/take jobs on ports [\d, ]+/);
  return (/on ports ([\d, ]+)/.exec(said)?.[1] ?? "").split(", ").map(Number);
}

function post(port: number, body: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/jobs`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
}

describe("a server node over HTTP", () => {
  it("serves first in first out at its rate, refuses what its buffer does not hold, and keeps its books", async () => {
    const [port] = await startNode("--buffer", "3", "--times-apart", "0,2");
    // Sent in one packet, so that all of them are there before the first is done.
    const jobs = [5, 1, 2, 1].map((work) => post(port, JSON.stringify({ work, jobType: work === 1 ? 1 : 0 })));
    const answers = await Promise.all(jobs);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 200, 503]);
    const served = await Promise.all(
      answers.filter(({ status }) => status === 200).map(async (answer) => httpAnswer.parse(await answer.json())),
    );
    const works = [5, 1, 2, 1].filter((_, i) => statuses[i] === 200);
    for (const [i, { server, timeAtServer, waitingTime }] of served.entries()) {
      expect(server).toBe(0);
      expect(timeAtServer - waitingTime).toBeCloseTo(works[i], 9);
    }
    // One did not wait; the others did.
    expect(served.map(({ waitingTime }) => waitingTime > 0).toSorted()).toEqual([false, true, true]);
    const { servers, times } = httpTotals.parse(await (await fetch(`http://127.0.0.1:${port}/totals`)).json());
    expect(servers).toMatchObject([
      { number: 0, rate: 1, accepted: 3, refused: 1, totals: { completed: 3, begun: 3 } },
    ]);
    const worked = works.reduce((sum, work) => sum + work, 0);
    expect(servers[0].totals.busyTime).toBeCloseTo(worked, 9);
    const waited = served.reduce((sum, { waitingTime }) => sum + waitingTime, 0);
    expect(servers[0].totals.waitingTime).toBeCloseTo(waited, 9);
    const counted = [times.all, ...times.groups].map(({ sojourn }) =>
      sojourn.reduce((sum, [, count]) => sum + count, 0),
    );
    const ofTypeOne = works.filter((work) => work === 1).length;
    expect(counted).toEqual([3, 3 - ofTypeOne, ofTypeOne]);
  });

  it("finishes what it holds before it leaves, and takes no more", async () => {
    const [port] = await startNode();
    const long = post(port, '{"work":50}');
    await eventually(async () => {
      const look = httpTotals.parse(await (await fetch(`http://127.0.0.1:${port}/totals`)).json());
      return look.servers[0].accepted === 1 || undefined;
    });
    running[0].process.kill("SIGTERM");
    const answer = await long;
    expect(answer.status).toBe(200);
    expect(httpAnswer.parse(await answer.json()).timeAtServer).toBeCloseTo(50, 9);
    expect((await running[0].ended).exitCode).toBe(0);
  });

  it("answers what is no job with the reason, and goes on", async () => {
    const [first, second] = await startNode("--servers", "2");
    expect(second).not.toBe(first);
    for (const body of ["", "{", "{}", '{"work":-1}', '{"work":1,"more":2}', '{"work":"1"}']) {
      expect((await post(first, body)).status, body).toBe(400);
    }
    expect((await post(first, `{"work":1${" ".repeat(2000)}}`).catch(() => ({ status: 413 }))).status).toBe(413);
    // What a page of another site can make a browser send, by a form or by itself.
    const url = `http://127.0.0.1:${first}/jobs`;
    expect((await fetch(url, { method: "POST", body: '{"work":0}' })).status).toBe(415);
    const headers = { "content-type": "application/json", origin: "http://evil.example" };
    expect((await fetch(url, { method: "POST", body: '{"work":0}', headers })).status).toBe(403);
    expect((await fetch(`http://127.0.0.1:${first}/elsewhere`)).status).toBe(404);
    expect((await post(first, '{"work":0}')).status).toBe(200);
    expect(httpAnswer.parse(await (await post(second, '{"work":0}')).json()).server).toBe(1);
  });
});

/** A balancer that sends each job to the next server in turn. Returns where it listens. */
async function roundRobin(ports: readonly number[]): Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
  let turn = 0;
  const balancer = createServer((incoming, outgoing) => {
    const port = ports[turn++ % ports.length];
    const { method, url: path, headers } = incoming;
    const passed = request({ host: "127.0.0.1", port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(passed);
  });
  balancers.push(balancer);
  await new Promise<void>((resolve) => balancer.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(balancer.address() as AddressInfo).port}/jobs`;
}

/** The first of so many neighbouring ports that are free now. */
async function freeBlock(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const taken = await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const probe = createServer();
        return new Promise<boolean>((resolve) => {
          probe.once("error", () => resolve(true));
          probe.listen(first + i, "127.0.0.1", () => probe.close(() => resolve(false)));
        });
      }),
    );
    if (!taken.includes(true)) return first;
  }
}

const SERVERS = 8;

describe("equipoise verify fleet", () => {
  let firstPort: number;
  let url: string;
  beforeEach(async () => {
    firstPort = await freeBlock(SERVERS);
    url = await roundRobin(Array.from({ length: SERVERS }, (_, i) => firstPort + i));
  });

  function verify(claimed: string): ReturnType<typeof equipoise> {
    const system = [
      "--set",
      `servers=${SERVERS}`,
      "--set",
      "arrivalRate=0.8",
      "--set",
      "buffer=1",
      "--time-unit",
      "40ms",
      "--first-port",
      String(firstPort),
    ];
    const course = ["--warmup", "1s", "--duration", "16s", "--json", "-"];
    return equipoise(["verify", "fleet", "--via", url, "--as", claimed, ...system, ...course]);
  }

  it("finds that round robin is not the JSQ that it claims to be, and void only where the machine did not keep up", async (context) => {
    const { exitCode, stdout, stderr } = await verify("jsq");
    const result = JSON.parse(stdout);
    expect(exitCode, stderr).toBe(result.whyVoid === null ? 1 : 3);
    skipIfTooBusy(context, result);
    const blocked = result.quantities.find(({ name }: { name: string }) => name === "blocked_fraction");
    expect(blocked.verdict).toBe("differs");
    // Servers in turn, each with room for one job: (6.4/7.4)^8 = 0.31 find theirs busy. JSQ blocks only where all are: Erlang's B(8, 6.4) = 0.14.
    expect(blocked.measured).toBeGreaterThan(0.27);
  });

  it("says that a balancer is not there", async () => {
    const { exitCode, stderr } = await equipoise(["verify", "rate-scaling", "--via", "http://127.0.0.1:1/jobs"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--via is only for verify fleet");
  });
});
