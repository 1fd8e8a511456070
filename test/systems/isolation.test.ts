import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { type RecordHandlers, readFrame } from "../../live/wire/frame-reader.js";
import { toServerNode } from "../../live/wire/messages.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
const taps: WebSocketServer[] = [];

afterEach(async () => {
  await live.end();
  for (const tap of taps.splice(0)) tap.close();
});

interface Heard {
  readonly texts: string[];
  readonly frames: Buffer[];
}

/** A wire tap: passes everything on in both directions and keeps what the dispatcher says. Returns its URL. */
async function tapInto(dispatcherUrl: string, heard: Heard): Promise<string> {
  const tap = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  taps.push(tap);
  tap.on("connection", (node) => {
    const dispatcher = new WebSocket(dispatcherUrl.replace("http", "ws"));
    const early: [RawData, boolean][] = [];
    node.on("message", (data, isBinary) => {
      if (dispatcher.readyState === WebSocket.OPEN) dispatcher.send(data, { binary: isBinary });
      else early.push([data, isBinary]);
    });
    dispatcher.on("open", () => {
      for (const [data, isBinary] of early) dispatcher.send(data, { binary: isBinary });
    });
    dispatcher.on("message", (data, isBinary) => {
      if (isBinary) heard.frames.push(data as Buffer);
      else heard.texts.push(data.toString());
      node.send(data, { binary: isBinary });
    });
    dispatcher.on("close", () => node.close());
    node.on("close", () => dispatcher.close());
  });
  await once(tap, "listening");
  return `http://127.0.0.1:${(tap.address() as AddressInfo).port}`;
}

/** Everything that the dispatcher says to a node with two of `servers` servers, until it was sent `jobs` jobs. */
async function overhear(servers: number, arrivalRate: number, jobs: number): Promise<Heard> {
  const heard: Heard = { texts: [], frames: [] };
  const settings = ["--set", `servers=${servers}`, `arrivalRate=${arrivalRate}`];
  const url = await live.dispatcher(...settings, "--time-unit", "10ms");
  live.serverNode(await tapInto(url, heard), "--servers", "2", "--time-unit", "10ms");
  live.serverNode(url, "--servers", String(servers - 2), "--first-server", "2", "--time-unit", "10ms");
  live.loadGenerator(url, "--arrival-rate", String(arrivalRate * servers), "--time-unit", "10ms");
  while (assignments(heard).length < jobs) await new Promise((resolve) => setTimeout(resolve, 50));
  await live.end();
  return heard;
}

/** Reads every byte that was heard as jobs for the node's servers: anything else is an error. */
function assignments({ frames }: Heard): Parameters<NonNullable<RecordHandlers["assign"]>>[] {
  const read: ReturnType<typeof assignments> = [];
  for (const frame of frames) readFrame(frame, { assign: (...fields) => void read.push(fields) });
  return read;
}

describe("a server node", () => {
  it("is told nothing but its own jobs, one after the other, whatever the fleet and the arrival rate are", async () => {
    for (const heard of [await overhear(5, 0.4, 40), await overhear(40, 0.9, 40)]) {
      const kinds = heard.texts.map((text) => toServerNode.parse(JSON.parse(text)));
      const { type, ...welcome } = kinds[0];
      expect(type).toBe("welcome");
      expect(Object.keys(welcome).sort()).toEqual(["dispatcher", "leaseSeconds", "now", "received", "resumed"]);
      for (const { type } of kinds.slice(1)) expect(["beat", "drained"]).toContain(type);
      const counts = [0, 0];
      for (const [server, assignment, , , work] of assignments(heard)) {
        expect([0, 1]).toContain(server);
        expect(assignment).toBe(++counts[server]);
        expect(work).toBeGreaterThan(0);
      }
    }
  });

  it("understands no message that could tell it more", () => {
    for (const more of [{ servers: 25 }, { arrivalRate: 0.8 }, { rates: [1, 2] }]) {
      const welcome = { type: "welcome", dispatcher: "d", resumed: false, received: 0, leaseSeconds: 6, now: 1 };
      expect(toServerNode.safeParse(welcome).success).toBe(true);
      expect(toServerNode.safeParse({ ...welcome, ...more }).success).toBe(false);
    }
    expect(toServerNode.options.map((option) => Object.keys(option.shape))).toEqual([
      ["type", "dispatcher", "resumed", "received", "leaseSeconds", "now"],
      ["type", "received", "settled", "now"],
      ["type", "frames"],
      // Of its own servers, to one of several dispatchers.
      ["type", "news", "observes", "servers"],
      ["type"],
    ]);
  });
});
