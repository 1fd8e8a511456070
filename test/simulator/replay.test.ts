import { describe, expect, it } from "vitest";
import { type DispatcherEvent, RecordingDispatcher } from "../../dispatcher/core/recording-dispatcher.js";
import { VIEWS, type Views } from "../../experiments/scenario.js";
import { Sha256Checksum } from "../../live/line-checksum.js";
import {
  checksumLine,
  EVENT_LOG_FORMAT,
  type EventLogHeader,
  endLine,
  eventLine,
  readEvents,
  readHeader,
} from "../../model/event-log.js";
import { randomStream, uniformIndex } from "../../model/random.js";
import { generalPolicies } from "../../policies/index.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { replay } from "../../simulator/replay.js";

const SERVERS = 6;

/** What answers the probes of a dispatcher, at random, when it is called: those asked so far. `forget` those of a server that is gone. */
function answering(dispatcher: RecordingDispatcher, seed: string) {
  const random = randomStream(seed, "answers");
  let probed: number[] = [];
  dispatcher.onProbe = (server) => probed.push(server);
  return {
    answer(now: number): void {
      for (const server of probed.splice(0, uniformIndex(random, 9)))
        dispatcher.answered(now, server, uniformIndex(random, 4), random());
    },
    forget(server: number): void {
      probed = probed.filter((one) => one !== server);
    },
  };
}

/** A log of servers that come, go and come back, and of jobs, all at random. */
function record(policy: string, seed: string): { header: EventLogHeader; lines: string[] } {
  const parameters = { policy, servers: String(SERVERS), buffer: "3" };
  const { system } = scenarioNamed("rate-scaling").configure(parameters, seed);
  const lines: string[] = [];
  const dispatcher = new RecordingDispatcher(system.policy, randomStream(seed, "policy"), (event) => {
    const { name, arguments: numbers, result } = event;
    lines.push(eventLine(name, result === undefined ? numbers : [...numbers, result]));
  });
  const random = randomStream(seed, "test");
  const members = Array.from({ length: SERVERS }, (_, i) =>
    dispatcher.join({ buffer: i === 0 ? Number.POSITIVE_INFINITY : 3 }),
  );
  const probes = answering(dispatcher, seed);
  for (let step = 0; step < 3000; step++) {
    const now = step / 10;
    probes.answer(now);
    const server = members[uniformIndex(random, members.length)];
    const choice = random();
    if (choice < 0.5) dispatcher.submit(now, 0, step, 0, random());
    else if (choice < 0.97 && dispatcher.jobsAt(server) > 0) {
      dispatcher.complete(now, server, dispatcher.assignments(server) - dispatcher.jobsAt(server) + 1, 0.1);
    } else if (choice > 0.995) {
      dispatcher.leave(server);
      while (dispatcher.jobsAt(server) > 0) dispatcher.requeue(now, server);
      dispatcher.release(server);
      probes.forget(server);
      members[members.indexOf(server)] = dispatcher.join({ buffer: 3 });
    }
  }
  expect(dispatcher.totals.retried).toBeGreaterThan(0);
  return { header: { format: EVENT_LOG_FORMAT, version: "1", scenario: "rate-scaling", parameters, seed }, lines };
}

const read = (lines: readonly string[]): ReturnType<typeof readEvents> =>
  readEvents(lines, "log", new Sha256Checksum());

/** The lines and a checksum of them, as they are written. */
/** A log of one of several dispatchers, whose servers tell it whatever its policy needs, and turn jobs away. */
function recordShare(policy: string, views: Views, seed: string): { header: EventLogHeader; lines: string[] } {
  const parameters = { policy, servers: String(SERVERS), buffer: "3" };
  const { system } = scenarioNamed("rate-scaling").configure(parameters, seed);
  const lines: string[] = [];
  const add = ({ name, arguments: numbers, result }: DispatcherEvent): void => {
    lines.push(eventLine(name, result === undefined ? numbers : [...numbers, result]));
  };
  const dispatcher = new RecordingDispatcher(system.policy, randomStream(seed, "policy/2"), add, views);
  const random = randomStream(seed, "test");
  for (let server = 0; server < SERVERS; server++) dispatcher.join({ buffer: 3 });
  const probes = answering(dispatcher, seed);
  for (let step = 0; step < 3000; step++) {
    const now = step / 10;
    probes.answer(now);
    const server = uniformIndex(random, SERVERS);
    const held = dispatcher.jobsAt(server);
    const oldest = dispatcher.assignments(server) - held + 1;
    const choice = random();
    if (choice < 0.4) dispatcher.submit(now, 0, step, 0, random());
    else if (choice < 0.7 && held > 0) dispatcher.complete(now, server, oldest, 0.1);
    else if (choice < 0.75 && held > 0) dispatcher.turnedAway(now, server, oldest);
    else if (dispatcher.news === "queue-lengths")
      dispatcher.told(server, uniformIndex(random, 4), oldest - 1, 0.1, 0.01);
    else if (dispatcher.news !== "none") dispatcher.told(server, uniformIndex(random, 2), oldest - 1, 0.1);
  }
  const share = { dispatchers: 3, views, number: 2 };
  return {
    header: { format: EVENT_LOG_FORMAT, version: "1", scenario: "rate-scaling", parameters, seed, share },
    lines,
  };
}

function sealed(lines: readonly string[]): string[] {
  const checksum = new Sha256Checksum();
  for (const line of lines) checksum.add(line);
  return [...lines, checksumLine(checksum)];
}

describe("a replay", () => {
  it.each(generalPolicies.map(({ name }) => name))("repeats every decision of %s", (policy) => {
    const { header, lines } = record(policy, "7");
    const { events, closed } = read([...sealed(lines), endLine(lines.length)]);
    expect(closed).toBe(true);
    const { difference, decisions } = replay(header, events);
    expect(difference).toBeUndefined();
    expect(decisions).toBeGreaterThan(1000);
  });

  it.each(generalPolicies.flatMap(({ name }) => VIEWS.map((views) => [name, views] as const)))(
    "repeats every decision of one of several dispatchers: %s, views %s",
    (policy, views) => {
      const { header, lines } = recordShare(policy, views, "7");
      const { events } = read([...sealed(lines), endLine(lines.length)]);
      const { difference, decisions } = replay(readHeader(JSON.stringify(header), "log"), events);
      expect(difference).toBeUndefined();
      expect(decisions).toBeGreaterThan(1000);
    },
  );

  it("finds the decision that is another one, under another seed or policy, and at the very event", () => {
    const { header, lines } = record("jiq", "7");
    const { events } = read(lines);
    expect(replay({ ...header, seed: "8" }, events).difference).toBeDefined();
    expect(
      replay({ ...header, parameters: { ...header.parameters, policy: "random" } }, events).difference,
    ).toBeDefined();
    const place = events.findIndex(({ name }, index) => index > 500 && name === "submit");
    const { numbers } = events[place];
    const other = (numbers[5] + 1) % SERVERS;
    const changed = events.with(place, { name: "submit", numbers: [...numbers.slice(0, 5), other] });
    expect(replay(header, changed).difference).toEqual({ event: place + 1, recorded: other, replayed: numbers[5] });
  });

  it("refuses what cannot have happened", () => {
    const { header, lines } = record("jiq", "7");
    const { events } = read(lines);
    expect(() => replay(header, [{ name: "complete", numbers: [1, 0, 1, 1] }, ...events])).toThrow(
      /^event 1, complete, is impossible after its predecessors: /,
    );
    expect(() => replay(header, [{ name: "explode", numbers: [] }])).toThrow("event 1: unknown event explode");
    expect(() => replay(header, [{ name: "constructor", numbers: [] }])).toThrow("event 1: unknown event constructor");
  });

  it("refuses a share of dispatchers that there is not", () => {
    const { header } = record("jiq", "7");
    const of = (share: object) => JSON.stringify({ ...header, share });
    for (const share of [
      { dispatchers: 2, views: "told", number: 2 },
      { dispatchers: 2, views: "told", number: -1 },
      { dispatchers: 2, views: 1, number: 0 },
      { dispatchers: 2.5, views: "told", number: 0 },
    ])
      expect(() => readHeader(of(share), "log")).toThrow("log is not an event log of this format");
    const unknown = readHeader(of({ dispatchers: 2, views: "rumoured", number: 0 }), "log");
    expect(() => replay(unknown, [])).toThrow("the recording has views rumoured; there are only told and local");
  });

  it("refuses numbers that would take memory or time without bounds, and takes neither", () => {
    const { header } = record("jiq", "7");
    const at = (name: string, ...numbers: number[]) => replay(header, [{ name, numbers }]);
    expect(() => at("join", 3, 1, 0, 1, 1e9)).toThrow("event 1, join: there is no server 1000000000 of class 0 yet");
    expect(() => at("join", 3, 1, 1e9, 1, 0)).toThrow("event 1, join: there is no server 0 of class 1000000000 yet");
    for (const numbers of [
      [3, 1, 0, 1],
      [3, 1, 0, 1, 0, 0],
      [0, 1, 0, 1, 0],
      [3, Number.POSITIVE_INFINITY, 0, 1, 0],
      [3, 1, 0, 2, 0],
      [3, 1, 0, 1, -1],
    ])
      expect(() => at("join", ...numbers)).toThrow(`event 1, join, cannot have the numbers ${numbers.join(", ")}`);
    expect(() => at("submit", 1, 0, 1, 0.5, 1, 0)).toThrow("event 1, submit, cannot have the numbers");
  });
});

describe("an event log", () => {
  const header = JSON.stringify({ format: EVENT_LOG_FORMAT, version: "1", scenario: "a", parameters: {}, seed: "1" });

  it("is read as it was written, infinities included", () => {
    expect(readHeader(header, "log").scenario).toBe("a");
    const { events } = read([eventLine("join", [Number.POSITIVE_INFINITY, 0.1]), eventLine("block", [])]);
    expect(events).toEqual([
      { name: "join", numbers: [Number.POSITIVE_INFINITY, 0.1] },
      { name: "block", numbers: [] },
    ]);
  });

  it("that was not closed says so; its whole events count", () => {
    expect(read([eventLine("block", []), ""])).toEqual({
      events: [{ name: "block", numbers: [] }],
      closed: false,
    });
  });

  it.each(["", "{}", "not JSON", "[]", '{"format":"equipoise events 0"}', '{"format":"equipoise events 3"}', "null"])(
    "is not this: %s",
    (line) => {
      expect(() => readHeader(line, "log")).toThrow(/^log is not an event log of this format, as written by --record/);
    },
  );

  it.each(["[", "{}", '["submit","x"]', "[1]", '["submit",null]'])("is damaged by this: %s", (line) => {
    expect(() => read([eventLine("block", []), line, eventLine("block", [])])).toThrow(
      "log is damaged: line 3 is not an event; the 1 events before it are intact",
    );
  });

  it("has the lines that were written: any other byte is found, and where", () => {
    const batches = [sealed([eventLine("block", [])])];
    const whole = sealed([...batches[0], eventLine("block", []), eventLine("join", [1, 2])]);
    const lines = [...whole, endLine(3)];
    expect(read(lines).closed).toBe(true);
    const changed = lines.map((line) => (line === eventLine("join", [1, 2]) ? eventLine("join", [1, 3]) : line));
    expect(() => read(changed)).toThrow("log is damaged: lines 4 to 5 are not those that were written");
    expect(() => read(lines.toSpliced(0, 1))).toThrow("log is damaged: lines 1 to 1 are not those that were written");
    expect(() => read([eventLine("block", []), endLine(1)])).toThrow("it has no checksum before line 3");
  });

  it("has as many events as it says", () => {
    expect(() => read([...sealed([eventLine("block", [])]), endLine(2)])).toThrow("it should have 2 events but has 1");
  });
});
