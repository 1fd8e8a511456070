import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FrameWriter } from "../../live/frame-writer.js";
import { PROTOCOL_VERSION } from "../../live/messages.js";
import { BELOW } from "../../model/standing.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
afterEach(() => live.end());

const session = { process: "odd", number: 1, dispatcher: null, received: 0 };
const server = { number: 0, buffer: 1, discipline: "fifo", initialRate: 1, completed: 0, holds: [] };
const nodeHello = {
  type: "hello",
  role: "server-node",
  protocol: PROTOCOL_VERSION,
  name: "odd",
  servers: [server],
  finished: [],
  session,
};
const generatorHello = {
  type: "hello",
  role: "load-generator",
  protocol: PROTOCOL_VERSION,
  name: "odd",
  origin: 7,
  session,
};

function frame(write: (writer: FrameWriter) => void): Buffer {
  const writer = new FrameWriter();
  write(writer);
  return writer.take(1);
}

/** Sends messages to a dispatcher; returns how it ends the connection. */
async function speak(url: string, messages: readonly (object | string | Buffer)[]): Promise<[number, string]> {
  const socket = new WebSocket(url.replace("http", "ws"));
  await once(socket, "open");
  for (const message of messages) {
    const isPlain = typeof message === "string" || Buffer.isBuffer(message);
    socket.send(isPlain ? message : JSON.stringify(message));
  }
  const [code, reason] = await once(socket, "close");
  return [code, String(reason)];
}

describe("a dispatcher", () => {
  it("shuts out a peer that speaks nonsense, tells it why, and goes on", async () => {
    const url = await live.dispatcher("--set", "servers=2");
    const cases: [readonly (object | string | Buffer)[], string][] = [
      [["hello?"], "sent text that is not JSON"],
      [[{ type: "hello" }], "sent a malformed message: role"],
      [[{ ...nodeHello, arrivalRate: 3 }], 'sent a malformed message: message: Unrecognized key: "arrivalRate"'],
      [[{ ...nodeHello, protocol: 99 }], "sent a malformed message: protocol"],
      [[{ ...nodeHello, servers: [] }], "sent a malformed message: servers"],
      [
        [{ ...nodeHello, servers: [server, { ...server, number: 1 }, { ...server, number: 2 }] }],
        "announces 3 servers",
      ],
      [[Buffer.from([1, 2, 3])], "sent a binary frame before its hello"],
      [[nodeHello, frame((w) => w.complete(0, 1, 1))], "completes a job although it holds none"],
      [[nodeHello, frame((w) => w.complete(7, 1, 1))], "speaks of server 7 although it announced 1"],
      [[nodeHello, frame((w) => w.submit(1, 0, 1))], "may not send submit records"],
      [[nodeHello, Buffer.from([2, 1, 0, 0, 0, 99])], "sent a record of unknown kind 99"],
      [[nodeHello, frame((w) => w.refuse(0, 1))], "refuses job 1, which it does not hold"],
      [[nodeHello, Buffer.from([2, 2, 0, 0, 0])], "sent frame 2 where frame 1 is next"],
      [[nodeHello, { type: "beat", received: 4 }], "acknowledges frame 4 of 0"],
      [[generatorHello, frame((w) => w.submit(1, 0, 1))], "sends a job before it was told to start"],
      [[generatorHello, { type: "schedule", sent: -1 }], "sent a malformed message: sent"],
    ];
    for (const [messages, reason] of cases) {
      const [code, said] = await speak(url, messages);
      expect(said).toContain(reason);
      expect(code).toBe(1002);
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const state = (await (await fetch(`${url}/api/state`)).json()) as { servers: object; phase: string };
    expect(state.servers).toEqual({ expected: 2, connected: 0 });
    expect(state.phase).toBe("waiting");
  });

  it("shuts out pools of a class that there is not, and reports that cannot be", async () => {
    const url = await live.dispatcher("--scenario", "utility", "--set", "pools=2", "--set", "policy=slta");
    const pool = { ...server, buffer: null, discipline: "pool" };
    const hello = { ...nodeHello, servers: [{ ...pool, class: "class-2" }] };
    const standing = (index: number, accepted: number): Buffer => frame((w) => w.standing(index, BELOW, 0, accepted));
    const cases: [readonly (object | Buffer)[], string][] = [
      [
        [{ ...nodeHello, servers: [{ ...pool, class: "class-3" }] }],
        "announces a server of class class-3: the classes are class-1, class-2",
      ],
      [[hello, standing(0, 9)], "reports after 9 jobs, and was sent 0"],
      [[hello, standing(4, 0)], "speaks of server 4 although it announced 1"],
      [[hello, frame((w) => w.threshold(0, 1, 0))], "may not send threshold records"],
    ];
    for (const [messages, reason] of cases) expect(await speak(url, messages)).toEqual([1002, reason]);
    const jlmu = await live.dispatcher("--scenario", "utility", "--set", "pools=2");
    const unasked = "reports its standing to a threshold, and was given none";
    expect(await speak(jlmu, [hello, standing(0, 0)])).toEqual([1002, unasked]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("takes a server number only once", async () => {
    const url = await live.dispatcher("--set", "servers=2");
    const first = new WebSocket(url.replace("http", "ws"));
    await once(first, "open");
    first.send(JSON.stringify(nodeHello));
    await once(first, "message");
    const other = { ...nodeHello, session: { ...session, process: "other" } };
    expect(await speak(url, [other])).toEqual([1002, "announces server 0, which is here already"]);
    first.close();
  });
});

describe("a process by itself", () => {
  it("says that there is no dispatcher, and when it tries again; it ends at SIGTERM", async () => {
    const alone = [
      { running: live.serverNode("http://127.0.0.1:9"), ends: 0 },
      // It was told to send jobs until somebody stops it, and has no result to tell.
      { running: live.loadGenerator("http://127.0.0.1:9"), ends: 130 },
    ];
    for (const { running, ends } of alone) {
      const said = await running.says(/next try in 200 ms/);
      expect(said).toMatch(/no dispatcher at ws:\/\/127\.0\.0\.1:9 \(.*ECONNREFUSED.*\); next try in 100 ms/);
      running.process.kill("SIGTERM");
      expect((await running.ended).exitCode).toBe(ends);
    }
  });

  it("refuses a flag out of range, by name", async () => {
    const { ended } = live.serverNode("http://127.0.0.1:9", "--buffer", "0");
    const { exitCode, stderr } = await ended;
    expect(stderr).toContain("option '--buffer <jobs>' argument '0' is invalid. must be a whole number of at least 1");
    expect(exitCode).toBe(2);
  });
});
