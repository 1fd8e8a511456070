import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlotBarrier } from "../../../dispatcher/connections/slot-barrier.js";
import { SERVED_BEFORE, SERVED_HERE, UnclaimedJobs } from "../../../dispatcher/connections/unclaimed-jobs.js";
import { readFrame } from "../../../live/wire/frame-reader.js";
import { FrameWriter } from "../../../live/wire/frame-writer.js";
import { Session } from "../../../live/wire/session.js";
import { PeerError } from "../../../model/errors.js";
import { ThresholdWatch } from "../../../server-node/threshold-watch.js";

/** Two ends of a session, and a connection between them that loses what is on its way when it is cut. */
class Wire {
  readonly sender = new Session((flush) => this.turnEnds.push(flush));
  readonly receiver = new Session(() => undefined);
  readonly read: number[] = [];
  private readonly turnEnds: (() => void)[] = [];
  private onTheWay: Buffer[] = [];

  connect(): void {
    this.sender.attach({ sendFrame: (frame) => this.onTheWay.push(frame) }, this.receiver.received);
  }

  cut(): void {
    this.sender.detach();
    this.onTheWay = [];
  }

  write(job: number): void {
    this.sender.records().outcome(job, "completed");
  }

  endTurn(): void {
    for (const flush of this.turnEnds.splice(0)) flush();
  }

  deliver(twice: boolean): void {
    const frame = this.onTheWay.shift();
    if (frame === undefined) return;
    for (let i = 0; i < (twice ? 2 : 1); i++)
      if (this.receiver.accept(frame)) readFrame(frame, { outcome: (job) => void this.read.push(job) });
  }

  deliverAll(): void {
    this.endTurn();
    for (let i = 0; i < 10_000; i++) this.deliver(false);
  }
}

const action = fc.constantFrom("write", "end turn", "deliver", "deliver twice", "cut", "connect", "acknowledge");

describe("a session", () => {
  it("delivers every record once and in order, however often its connection is cut, and keeps nothing that has arrived", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const wire = new Wire();
        wire.connect();
        let written = 0;
        for (const what of actions) {
          if (what === "write") wire.write(written++);
          else if (what === "end turn") wire.endTurn();
          else if (what === "cut") wire.cut();
          else if (what === "acknowledge") wire.sender.acknowledge(wire.receiver.received);
          else if (what === "connect") {
            wire.cut();
            wire.connect();
          } else wire.deliver(what === "deliver twice");
        }
        wire.cut();
        wire.connect();
        wire.deliverAll();
        expect(wire.read).toEqual(Array.from({ length: written }, (_, job) => job));
        wire.sender.acknowledge(wire.receiver.received);
        expect([wire.sender.acknowledged, wire.sender.isFlushed]).toEqual([wire.sender.sent, true]);
      }),
    );
  });

  it("rejects a frame that leaves a gap, and an acknowledgement of what was never sent", () => {
    const other = new Session(() => undefined);
    expect(() => other.acknowledge(1)).toThrow(new PeerError("acknowledges frame 1 of 0"));
    expect(() => other.accept(twoFrames()[1])).toThrow(new PeerError("sent frame 2 where frame 1 is next"));
  });
});

function twoFrames(): Buffer[] {
  const frames: Buffer[] = [];
  const session = new Session(() => undefined);
  session.attach({ sendFrame: (frame) => void frames.push(frame) }, 0);
  for (const job of [1, 2]) {
    session.records().outcome(job, "lost");
    session.flush();
  }
  return frames;
}

describe("unclaimed jobs", () => {
  it("are each given out once, to their origin only", () => {
    const unclaimed = new UnclaimedJobs();
    unclaimed.put(7, 1, 3);
    unclaimed.put(7, 2, SERVED_BEFORE);
    unclaimed.put(8, 1, SERVED_HERE);
    expect(unclaimed.take(9, 1)).toBeUndefined();
    expect([unclaimed.take(7, 1), unclaimed.take(7, 1)]).toEqual([3, undefined]);
    expect([unclaimed.take(7, 2), unclaimed.take(8, 1)]).toEqual([SERVED_BEFORE, SERVED_HERE]);
  });
});

describe("counters near the ends of 32 bits", () => {
  const near = [2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 32];

  it("of frames go on: the next is accepted, one before it is a duplicate, one after it a gap", () => {
    for (const received of near) {
      const session = new Session(() => undefined);
      session.received = received;
      const frame = (number: number): Buffer => {
        const writer = new FrameWriter();
        writer.outcome(1, "completed");
        return writer.take(number);
      };
      expect(session.accept(frame(received))).toBe(false);
      expect(() => session.accept(frame(received + 2))).toThrow(
        `sent frame ${received + 2} where frame ${received + 1}`,
      );
      expect(session.accept(frame(received + 1))).toBe(true);
      expect(session.received).toBe(received + 1);
    }
  });

  it("of slots and jobs go on", () => {
    const routed: number[] = [];
    const barrier = new SlotBarrier<string, string>({
      jobs: () => 0,
      route: (_, slot) => void routed.push(slot),
      nodes: () => ["node"],
      endSlot: () => undefined,
    });
    Object.assign(barrier, { slot: 2 ** 32 - 2 });
    for (let slot = 2 ** 32 - 2; slot < 2 ** 32 + 3; slot++) {
      barrier.submitted("job", slot >>> 0);
      if (!barrier.isBetweenSlots) barrier.served("node", (slot - 1) >>> 0, 0);
    }
    expect(routed).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1]);
    const watch = new ThresholdWatch();
    Object.assign(watch, { reports: 2 ** 32 + 5 });
    expect([watch.moved(3, 5), watch.moved(3, 4)]).toEqual([false, true]);
  });
});
