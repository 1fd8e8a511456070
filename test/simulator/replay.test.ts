import { describe, expect, it } from "vitest";
import { RecordingDispatcher } from "../../dispatcher/recording-dispatcher.js";
import { randomStream, uniformIndex } from "../../model/random.js";
import {
  EVENT_LOG_FORMAT,
  type EventLogHeader,
  endLine,
  eventLine,
  readEvents,
  readHeader,
} from "../../scenarios/event-log.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { replay } from "../../simulator/replay.js";

const SERVERS = 6;

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
  const members = Array.from({ length: SERVERS }, (_, i) => dispatcher.join(i === 0 ? Number.POSITIVE_INFINITY : 3));
  for (let step = 0; step < 3000; step++) {
    const now = step / 10;
    const server = members[uniformIndex(random, members.length)];
    const choice = random();
    if (choice < 0.5) dispatcher.submit(now, 0, step, 0, random());
    else if (choice < 0.97 && dispatcher.held(server) > 0) {
      dispatcher.complete(now, server, dispatcher.assignments(server) - dispatcher.held(server) + 1, 0.1);
    } else if (choice > 0.995) {
      dispatcher.leave(server);
      while (dispatcher.held(server) > 0) dispatcher.requeue(now, server);
      dispatcher.release(server);
      members[members.indexOf(server)] = dispatcher.join(3);
    }
  }
  expect(dispatcher.totals.retried).toBeGreaterThan(0);
  return { header: { format: EVENT_LOG_FORMAT, version: "1", scenario: "rate-scaling", parameters, seed }, lines };
}

describe("a replay", () => {
  it.each(["jiq", "jsq", "jsq-d", "random", "round-robin"])("repeats every decision of %s", (policy) => {
    const { header, lines } = record(policy, "7");
    const { events, closed } = readEvents([...lines, endLine(lines.length)], "log");
    expect(closed).toBe(true);
    const { difference, decisions } = replay(header, events);
    expect(difference).toBeUndefined();
    expect(decisions).toBeGreaterThan(1000);
  });

  it("finds the decision that is another one, under another seed or policy, and at the very event", () => {
    const { header, lines } = record("jiq", "7");
    const { events } = readEvents(lines, "log");
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
    const { events } = readEvents(lines, "log");
    expect(() => replay(header, [{ name: "complete", numbers: [1, 0, 1, 1] }, ...events])).toThrow(
      /^event 1, complete, cannot have happened after those before it: /,
    );
    expect(() => replay(header, [{ name: "explode", numbers: [] }])).toThrow("event 1 is unknown: explode");
    expect(() => replay(header, [{ name: "constructor", numbers: [] }])).toThrow("event 1 is unknown: constructor");
  });
});

describe("an event log", () => {
  const header = JSON.stringify({ format: EVENT_LOG_FORMAT, version: "1", scenario: "a", parameters: {}, seed: "1" });

  it("is read as it was written, infinities included", () => {
    expect(readHeader(header, "log").scenario).toBe("a");
    const { events } = readEvents([eventLine("join", [Number.POSITIVE_INFINITY, 0.1]), eventLine("block", [])], "log");
    expect(events).toEqual([
      { name: "join", numbers: [Number.POSITIVE_INFINITY, 0.1] },
      { name: "block", numbers: [] },
    ]);
  });

  it("that was not closed says so; its whole events count", () => {
    expect(readEvents([eventLine("block", []), ""], "log")).toEqual({
      events: [{ name: "block", numbers: [] }],
      closed: false,
    });
  });

  it.each(["", "{}", "not JSON", "[]", '{"format":"equipoise events 0"}', '{"format":"equipoise events 1"}', "null"])(
    "is not this: %s",
    (line) => {
      expect(() => readHeader(line, "log")).toThrow(/^log is not an event log of this format: --record writes one/);
    },
  );

  it.each(["[", "{}", '["submit","x"]', "[1]", '["submit",null]'])("is damaged by this: %s", (line) => {
    expect(() => readEvents([eventLine("block", []), line, eventLine("block", [])], "log")).toThrow(
      "log is damaged: line 3 is no event; 1 events before it are whole",
    );
  });

  it("has as many events as it says", () => {
    expect(() => readEvents([eventLine("block", []), endLine(2)], "log")).toThrow("it should have 2 events and has 1");
  });
});
