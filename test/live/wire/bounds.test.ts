import { describe, expect, it } from "vitest";
import { readFrame } from "../../../live/wire/frame-reader.js";
import { FrameWriter } from "../../../live/wire/frame-writer.js";
import { fromLoadGenerator, fromServerNode, readMessage, toServerNode } from "../../../live/wire/messages.js";
import { PeerError } from "../../../model/errors.js";
import { noServerTotals } from "../../../model/totals.js";
import { LARGEST_RATE, LARGEST_SUM, LARGEST_TIME, LARGEST_WORK } from "../../../model/units.js";

const ignored = (): void => undefined;
const handlers = { submit: ignored, assign: ignored, complete: ignored, report: ignored, resubmit: ignored };

/** Writes a record with a number, which is read if it is at most so large. */
const RECORDS: readonly [string, number, (writer: FrameWriter, x: number) => void][] = [
  ["work of a job sent", LARGEST_WORK, (w, x) => w.submit(1, 0, x)],
  ["work of a job sent again", LARGEST_WORK, (w, x) => w.resubmit(1, 0, x)],
  ["work of a job given to a server", LARGEST_WORK, (w, x) => w.assign(0, 1, 1, 1, x)],
  ["time at a server", LARGEST_TIME, (w, x) => w.complete(0, 1, x)],
  ["rate", LARGEST_RATE, (w, x) => w.report(0, noServerTotals(), x, 0)],
  ["observed time", LARGEST_TIME, (w, x) => w.report(0, { ...noServerTotals(), observedTime: x }, 1, 0)],
  ["waiting time", LARGEST_SUM, (w, x) => w.report(0, { ...noServerTotals(), waitingTime: x }, 1, 0)],
  ["completed jobs", Number.MAX_SAFE_INTEGER, (w, x) => w.report(0, { ...noServerTotals(), completed: x }, 1, 0)],
];

describe("a number from a peer", () => {
  it.each(RECORDS)("is bounded: %s", (_what, most, write) => {
    const read = (x: number) => () => {
      const writer = new FrameWriter();
      write(writer, x);
      readFrame(writer.take(1), handlers);
    };
    for (const good of [0, 1, most]) expect(read(good)).not.toThrow();
    for (const bad of [most * (1 + 2 ** -52), 1e308, Number.POSITIVE_INFINITY, -1, Number.NaN])
      expect(read(bad)).toThrow(PeerError);
  });

  it("in JSON is bounded too, and sums of such numbers are finite", () => {
    const schedule = (lag: number): string =>
      JSON.stringify({
        ...{ type: "schedule", sent: 1, sentInSession: 1, underWay: 0, received: 0, lagTotalSeconds: lag },
        ...{ lagMaxSeconds: 0, heldUp: 0, completed: 1, sojournTotalSeconds: 0 },
      });
    expect(() => readMessage<unknown>(fromLoadGenerator, schedule(LARGEST_SUM))).not.toThrow();
    expect(() => readMessage<unknown>(fromLoadGenerator, schedule(1e308))).toThrow(PeerError);
    const lateness = '{"type":"lateness","deliveries":1,"totalSeconds":1e308,"maxSeconds":1}';
    expect(() => readMessage<unknown>(fromServerNode, lateness)).toThrow(PeerError);
    const welcome = '{"type":"welcome","dispatcher":"d","resumed":false,"received":0,"leaseSeconds":1e-9,"now":0}';
    expect(() => readMessage<unknown>(toServerNode, welcome)).toThrow(PeerError);
    expect((LARGEST_SUM * 2 ** 53) ** 2).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});
