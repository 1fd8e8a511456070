import { describe, expect, it } from "vitest";
import { attend } from "../../dispatcher/connections/peers.js";
import { Switchboard } from "../../dispatcher/connections/switchboard.js";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { RunWatch } from "../../dispatcher/observation/run-watch.js";
import { Run } from "../../experiments/run.js";
import type { Transport, TransportListener } from "../../live/wire/channel.js";
import { readFrame } from "../../live/wire/frame-reader.js";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { PROTOCOL_VERSION, readMessage, toLoadGenerator, toServerNode } from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import { type RandomStream, randomStream } from "../../model/random.js";
import { noServerTotals } from "../../model/totals.js";
import { policyNamed } from "../../policies/index.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { VirtualProcess, VirtualTime } from "../../simulator/faults/virtual-process.js";
import { anyBytes, mutated, mutatedText } from "../support/hostile-input.js";

/** Inputs to each of the decoders: FUZZ_INPUTS=500000 for a long run. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000);
const SEED = process.env.FUZZ_SEED ?? "decoders";
/** Longest time between two conversations, of which a lease is 6. */
const SECONDS_BETWEEN = 1;

function someFrame(random: RandomStream, number: number): Buffer {
  const writer = new FrameWriter();
  const small = (): number => Math.floor(4 * random());
  for (let i = small(); i >= 0; i--) {
    const write = [
      () => writer.complete(small(), small(), random()),
      () => writer.refuse(small(), small()),
      () => writer.report(small(), noServerTotals(), random(), small()),
      () => writer.standing(small(), 1, small(), small()),
      () => writer.submit(small(), small(), random()),
      () => writer.resubmit(small(), small(), random()),
      () => writer.assign(small(), small(), small(), small(), random()),
      () => writer.outcome(small(), "blocked"),
      () => writer.threshold(small(), small(), small()),
      () => writer.full(small(), small()),
      () => writer.queue(small(), small(), small(), random(), random()),
      () => writer.probe(small()),
      () => writer.answer(small(), small(), random()),
      () => writer.token(small(), random() < 0.5, small(), random(), random()),
    ];
    write[Math.floor(write.length * random())]();
  }
  return writer.take(number);
}

describe("binary frames of any kind", () => {
  it("are read, or are their sender's fault; nothing else happens, and no number comes out that is none", () => {
    const random = randomStream(SEED, "frames");
    const note = (...fields: readonly unknown[]): void => {
      for (const field of fields)
        if (typeof field === "number" && !(field >= 0 && field < Number.POSITIVE_INFINITY))
          throw new Error(`read ${field}`);
    };
    const handlers = { submit: note, resubmit: note, outcome: note, assign: note, complete: note, refuse: note };
    const news = { full: note, queue: note, token: note, probe: note, answer: note };
    const counts = { read: 0, rejected: 0 };
    for (let i = 0; i < INPUTS; i++) {
      const frame = random() < 0.2 ? anyBytes(random, 200) : mutated(random, someFrame(random, 1));
      try {
        readFrame(frame, { ...handlers, report: note, threshold: note, standing: note, ...news });
        counts.read++;
      } catch (error) {
        expect(error, `${SEED}: ${frame.toString("hex")}`).toBeInstanceOf(PeerError);
        counts.rejected++;
      }
    }
    expect(Math.min(counts.read, counts.rejected)).toBeGreaterThan(INPUTS / 20);
  });
});

describe("JSON messages of any kind", () => {
  it("are read, or are their sender's fault", () => {
    const random = randomStream(SEED, "texts");
    const messages = [
      '{"type":"welcome","dispatcher":"d","resumed":false,"received":0,"leaseSeconds":6,"now":0}',
      '{"type":"beat","received":3,"settled":2}',
      '{"type":"drained"}',
    ];
    for (let i = 0; i < INPUTS / 4; i++) {
      const text = mutatedText(random, messages[i % messages.length]);
      for (const schema of [toServerNode, toLoadGenerator] as const) {
        try {
          readMessage<unknown>(schema, text);
        } catch (error) {
          expect(error, `${SEED}: ${text}`).toBeInstanceOf(PeerError);
        }
      }
    }
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

/** A dispatcher without sockets: what it is sent is told to it, and what it sends is not kept. */
function bareDispatcher() {
  const time = new VirtualTime();
  const process = new VirtualProcess(time, 0.05);
  const experiment = scenarioNamed("rate-scaling").configure({ servers: "4" }, "1");
  const dispatcher = new Dispatcher(policyNamed("prequal"), randomStream("1", "policy"));
  const run = new Run(experiment, { warmUpTime: 1, measuringTime: 1e9, familyConfidence: 0.99 });
  const { clock } = process;
  const silent = {
    identity: "d",
    number: 0,
    leaseSeconds: 6,
    mostInFlight: 1000,
    onLoss: "requeue" as const,
    log: () => undefined,
  };
  const watch = new RunWatch(() => 0);
  const switchboard = new Switchboard({ ...silent, dispatcher, run, clock, watch });
  return { time, process, dispatcher, switchboard, run };
}

class Line implements Transport {
  isOpen = true;
  unsentBytes = 0;
  listener!: TransportListener;
  recognised(): void {}
  send(): void {}
  pause(): void {}
  resume(): void {}
  close(_code: number, reason: string): void {
    this.terminate(reason);
  }
  terminate(reason = ""): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.listener.closed(reason);
  }
  listen(listener: TransportListener): void {
    this.listener = listener;
  }
}

const session = { number: 1, dispatcher: null, received: 0 };
const nodeHello = (random: RandomStream, i: number): string =>
  JSON.stringify({
    ...{ type: "hello", role: "server-node", protocol: PROTOCOL_VERSION, name: "n", finished: [[1, 2]] },
    session: { ...session, process: `p${i % 7}` },
    servers: [
      {
        ...{ number: Math.floor(4 * random()), buffer: null, discipline: "fifo", initialRate: 1 },
        holds: [[3, Math.floor(5 * random())]],
      },
    ],
  });
const generatorHello = (i: number): string =>
  JSON.stringify({
    ...{ type: "hello", role: "load-generator", protocol: PROTOCOL_VERSION, name: "g", origin: i % 5 },
    session: { ...session, process: `g${i}` },
  });

const SCHEDULE = JSON.stringify({
  ...{ type: "schedule", sent: 0, sentInSession: 0, underWay: 0, received: 0, lagTotalSeconds: 0, lagMaxSeconds: 0 },
  ...{ heldUp: 0, completed: 0, sojournTotalSeconds: 0 },
});

describe("a dispatcher that is told anything in any order", () => {
  it("never fails, keeps its books, and shuts out and counts who breaks the protocol", () => {
    const random = randomStream(SEED, "conversations");
    const { time, process, dispatcher, switchboard, run } = bareDispatcher();
    let inputs = 0;
    let passed = 0;
    for (let i = 0; inputs < INPUTS; i++) {
      const line = new Line();
      process.turn(() => attend(line, switchboard, process.clock, () => undefined));
      const say = (text: string): void => process.turn(() => line.listener.message(Buffer.from(text), false));
      const hello = random() < 0.5 ? nodeHello(random, i) : generatorHello(i);
      say(random() < 0.1 ? mutatedText(random, hello) : hello);
      for (let frame = 1; line.isOpen && frame < 30; frame++) {
        inputs++;
        if (random() < 0.1) say(mutatedText(random, random() < 0.5 ? '{"type":"beat","received":0}' : SCHEDULE));
        else {
          const bytes = someFrame(random, frame);
          const sent = random() < 0.5 ? bytes : mutated(random, bytes);
          process.turn(() => line.listener.message(sent, true));
        }
        expect(dispatcher.imbalance(), SEED).toBeUndefined();
      }
      line.terminate();
      passed += SECONDS_BETWEEN * random();
      while (time.nextTime < passed) time.next();
      process.turn(() => switchboard.tick());
      const { sent, lag, heldUp } = switchboard.generators.schedule();
      const said = [sent, lag, heldUp, run.conditions().messageDelay, run.currentRates()?.mean ?? 0];
      const wrong = [...Object.values(dispatcher.totals), ...said].filter((x) => !(x >= 0 && Number.isFinite(x)));
      if (wrong.length > 0) throw new Error(`${SEED}: totals of ${wrong.join(", ")}`);
    }
    expect(switchboard.offences).toBeGreaterThan(INPUTS / 40);
    expect(dispatcher.fleet.members.size).toBeLessThanOrEqual(4);
  });
});
