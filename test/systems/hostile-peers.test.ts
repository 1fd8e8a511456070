import { once } from "node:events";
import { createServer } from "node:http";
import { createConnection } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { PROTOCOL_VERSION } from "../../live/wire/messages.js";
import { WIRE_VERSION } from "../../live/wire/record-kinds.js";
import { BELOW } from "../../model/standing.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
afterEach(() => live.end());

const session = { process: "odd", number: 1, dispatcher: null, received: 0 };
const server = { number: 0, buffer: 1, discipline: "fifo", initialRate: 1, holds: [] };
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
      [[nodeHello, frame((w) => w.complete(0, 1, 1))], "completes a job although it has none"],
      [[nodeHello, frame((w) => w.complete(7, 1, 1))], "refers to server 7 although it announced 1"],
      [[nodeHello, frame((w) => w.submit(1, 0, 1))], "may not send submit records"],
      [[nodeHello, frame((w) => w.answer(0, 1, 1))], "answers a probe, but was sent none"],
      [[nodeHello, frame((w) => w.probe(0))], "may not send probe records"],
      [[nodeHello, Buffer.from([WIRE_VERSION, 1, 0, 0, 0, 99])], "sent a record of unknown kind 99"],
      [[nodeHello, frame((w) => w.refuse(0, 1))], "refuses job 1, which it does not have"],
      [[nodeHello, Buffer.from([WIRE_VERSION, 2, 0, 0, 0])], "sent frame 2 where frame 1 is next"],
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
      [[hello, standing(0, 9)], "reports 9 accepted jobs, but was sent 0"],
      [[hello, standing(4, 0)], "refers to server 4 although it announced 1"],
      [[hello, frame((w) => w.threshold(0, 1, 0))], "may not send threshold records"],
    ];
    for (const [messages, reason] of cases) expect(await speak(url, messages)).toEqual([1002, reason]);
    const jlmu = await live.dispatcher("--scenario", "utility", "--set", "pools=2");
    const unasked = "reports its standing, but was given no threshold";
    expect(await speak(jlmu, [hello, standing(0, 0)])).toEqual([1002, unasked]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("reads little of a stranger, and ends refused and silent connections soon, though they never close their end", async () => {
    const url = await live.dispatcher("--set", "servers=2");
    const long = await Promise.race([
      speak(url, [`{"type":"hello","role":"server-node","finished":[${"null,".repeat(1_000_000)}null]}`]),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error("still connected")), 5000)),
    ]);
    expect([1006, 1002]).toContain(long[0]);
    const upgrade = (origin: string): string =>
      `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: ${origin}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const secondsOpen = async (text: string): Promise<number> => {
      const { port } = new URL(url);
      const socket = createConnection({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => undefined).resume();
      const started = performance.now();
      socket.write(text);
      // Closed by the other end altogether, and not only its half: then writing fails.
      const writing = setInterval(() => socket.write("\0"), 100);
      await new Promise((resolve) => socket.once("close", resolve));
      clearInterval(writing);
      return (performance.now() - started) / 1000;
    };
    const seconds = await Promise.all([
      secondsOpen(upgrade("http://evil.example")),
      secondsOpen(upgrade("http://127.0.0.1")),
      secondsOpen("GET /healthz HTTP/1.1\r\nhost: 127.0"),
    ]);
    // Refused; no hello within 5 s; no whole header within 10 s. Each plus what it takes to look and to close.
    for (const [i, most] of [5, 12, 17].entries()) expect(seconds[i]).toBeLessThan(most);
  });

  it("has room for a server node whatever readers do, and still answers", async () => {
    const url = await live.dispatcher("--set", "servers=1");
    const { port } = new URL(url);
    const readers = Array.from({ length: 4400 }, () => {
      const socket = createConnection(Number(port), "127.0.0.1");
      socket.on("error", () => undefined).pause();
      socket.write("GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
      return socket;
    });
    await Promise.all(readers.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
    const node = live.serverNode(url);
    // This asker is a reader like them, whose connection may be ended to make room.
    const connected = async (): Promise<number> => {
      const answer = await fetch(`${url}/api/state`).catch(() => undefined);
      return answer?.ok ? ((await answer.json()) as { servers: { connected: number } }).servers.connected : 0;
    };
    while ((await connected()) === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    expect(node.process.exitCode).toBeNull();
    for (const socket of readers) socket.destroy();
  });

  it("takes a server number only once", async () => {
    const url = await live.dispatcher("--set", "servers=2");
    const first = new WebSocket(url.replace("http", "ws"));
    await once(first, "open");
    first.send(JSON.stringify(nodeHello));
    await once(first, "message");
    const other = { ...nodeHello, session: { ...session, process: "other" } };
    expect(await speak(url, [other])).toEqual([1002, "announces server 0, which is already connected"]);
    first.close();
  });
});

describe("a process that joins", () => {
  it("does nothing that a dispatcher may not ask for, whoever answers", async () => {
    let flags: unknown[] = [];
    const stranger = createServer((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify({ flags }));
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const url = `http://127.0.0.1:${(stranger.address() as { port: number }).port}`;
    try {
      for (const [asked, wanted] of [
        [["--records", "/tmp/owned"], "--records /tmp/owned"],
        [["--arrivals", "trace:/etc/passwd"], "--arrivals trace:/etc/passwd"],
        [["--arrival-rate", "--records"], "--arrival-rate --records"],
      ]) {
        flags = asked as string[];
        const { exitCode, stderr } = await live.loadGenerator(url, "--join").ended;
        expect(stderr).toContain(`wants to set ${wanted as string}, which a dispatcher may not`);
        expect(exitCode).toBe(2);
      }
      flags = ["--servers", "100000000"];
      expect((await live.serverNode(url, "--join").ended).stderr).toContain("wants to set --servers 100000000");
    } finally {
      stranger.close();
    }
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
      const said = await running.says(/retrying in 200 ms/);
      expect(said).toMatch(/no dispatcher at ws:\/\/127\.0\.0\.1:9 \(.*ECONNREFUSED.*\); retrying in 100 ms/);
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
