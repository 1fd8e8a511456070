import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RecordHandlers, readFrame } from "../../live/wire/frame-reader.js";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { OUTCOMES, WIRE_VERSION } from "../../live/wire/record-kinds.js";
import { PeerError } from "../../model/errors.js";
import { ABOVE, AT, BELOW, type Standing } from "../../model/standing.js";
import { LARGEST_RATE, LARGEST_SUM, LARGEST_TIME, LARGEST_WORK } from "../../model/units.js";

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const upTo = (max: number) => fc.double({ min: 0, max, noNaN: true });
const work = upTo(LARGEST_WORK);
const time = upTo(LARGEST_TIME);
const sum = upTo(LARGEST_SUM);
const count = upTo(Number.MAX_SAFE_INTEGER);
const totals = fc.record({
  observedTime: time,
  busyTime: time,
  idleTimeIntegral: sum,
  workDone: sum,
  queueLengthIntegral: sum,
  waitingTime: sum,
  begun: count,
  completed: count,
  abandoned: count,
});

const record = fc.oneof(
  fc.tuple(fc.constant("submit" as const), uint32, uint32, work),
  fc.tuple(fc.constant("outcome" as const), uint32, fc.constantFrom(...OUTCOMES)),
  fc.tuple(fc.constant("resubmit" as const), uint32, uint32, work),
  fc.tuple(fc.constant("refuse" as const), uint32, uint32),
  fc.tuple(fc.constant("assign" as const), uint32, uint32, uint32, uint32, work),
  fc.tuple(fc.constant("complete" as const), uint32, uint32, time),
  fc.tuple(fc.constant("abandoned" as const), uint32, uint32, time),
  fc.tuple(fc.constant("report" as const), uint32, totals, upTo(LARGEST_RATE), uint32),
  fc.tuple(fc.constant("threshold" as const), uint32, uint32, uint32),
  fc.tuple(fc.constant("slot" as const), uint32),
  fc.tuple(fc.constant("served" as const), uint32, uint32),
  fc.tuple(fc.constant("full" as const), uint32, uint32),
  fc.tuple(fc.constant("queue" as const), uint32, uint32, uint32, time, time),
  fc.tuple(fc.constant("token" as const), uint32, fc.boolean(), uint32, time, time),
  fc.tuple(fc.constant("probe" as const), uint32),
  fc.tuple(fc.constant("answer" as const), uint32, uint32, time),
  fc.tuple(fc.constant("standing" as const), uint32, fc.constantFrom<Standing>(BELOW, AT, ABOVE), uint32, uint32),
);

function write(writer: FrameWriter, [kind, ...fields]: readonly [string, ...unknown[]]): void {
  const method = (writer as unknown as Record<string, (...values: unknown[]) => void>)[kind];
  method.apply(writer, fields);
}

/** Handlers that note every record they are called with. */
function noting(read: unknown[]): Required<RecordHandlers> {
  const note =
    (kind: string) =>
    (...fields: unknown[]): void =>
      void read.push([kind, ...fields]);
  return {
    submit: note("submit"),
    outcome: note("outcome"),
    assign: note("assign"),
    complete: note("complete"),
    abandoned: note("abandoned"),
    resubmit: note("resubmit"),
    refuse: note("refuse"),
    report: note("report"),
    threshold: note("threshold"),
    slot: note("slot"),
    served: note("served"),
    full: note("full"),
    queue: note("queue"),
    token: note("token"),
    probe: note("probe"),
    answer: note("answer"),
    standing: note("standing"),
  };
}

describe("binary frames", () => {
  it("come out as they went in, in order, whatever was written before", () => {
    const writer = new FrameWriter();
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 60 }), (records) => {
        for (const one of records) write(writer, one);
        const read: unknown[] = [];
        readFrame(writer.take(1), noting(read));
        expect(read).toEqual(records);
        expect(writer.isEmpty).toBe(true);
      }),
    );
  });

  it("of one record of any kind come out as they went in, wherever in the writer's memory they begin", () => {
    fc.assert(
      fc.property(record, (one) => {
        const writer = new FrameWriter();
        for (let bytes = 0; bytes < 40_000; ) {
          write(writer, one);
          const read: unknown[] = [];
          const frame = writer.take(1);
          readFrame(frame, noting(read));
          expect(read).toEqual([one]);
          bytes += frame.length;
        }
      }),
    );
  });

  it("of any bytes at all are read as records or rejected as the peer's fault, never anything else", () => {
    const bytes = fc.tuple(
      fc.constantFrom(WIRE_VERSION, 0, 255),
      fc.array(fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9), fc.integer({ min: 0, max: 255 })), {
        maxLength: 80,
      }),
    );
    let rejected = 0;
    let accepted = 0;
    fc.assert(
      fc.property(bytes, ([version, rest]) => {
        const read: unknown[] = [];
        try {
          readFrame(Buffer.from([version, 1, 0, 0, 0, ...rest]), noting(read));
          accepted++;
        } catch (error) {
          expect(error).toBeInstanceOf(PeerError);
          rejected++;
        }
        for (const field of read.flat()) if (typeof field === "number") expect(field).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
    expect(rejected).toBeGreaterThan(0);
    expect(accepted).toBeGreaterThan(0);
  });

  it.each([
    ["an empty frame", Buffer.alloc(0), "sent an empty frame"],
    ["another version", Buffer.from([9]), `speaks wire version 9, not ${WIRE_VERSION}`],
    ["no number", Buffer.from([WIRE_VERSION, 1]), "sent a frame without a number"],
    ["an unknown kind", Buffer.from([WIRE_VERSION, 1, 0, 0, 0, 77]), "sent a record of unknown kind 77"],
    [
      "a record cut short",
      Buffer.from([WIRE_VERSION, 1, 0, 0, 0, 3, 0]),
      "sent a record of kind assign that is cut short",
    ],
  ])("with %s are rejected by name", (_what, frame, message) => {
    expect(() => readFrame(frame, noting([]))).toThrow(new PeerError(message));
  });

  it("with a record that this peer may not send are rejected", () => {
    const writer = new FrameWriter();
    writer.assign(0, 1, 0, 0, 1);
    expect(() => readFrame(writer.take(1), { submit: () => undefined })).toThrow("may not send assign records");
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("with a work of %d are rejected", (work) => {
    const writer = new FrameWriter();
    writer.submit(1, 0, work);
    expect(() => readFrame(writer.take(1), noting([]))).toThrow(`sent a work of ${work}`);
  });
});
