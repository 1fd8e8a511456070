import { beforeEach, describe, expect, it } from "vitest";
import { BackPressure } from "../../../dispatcher/connections/back-pressure.js";
import type { Clock } from "../../../live/clock.js";
import { Channel, type Transport } from "../../../live/wire/channel.js";

const MEBIBYTE = 1024 * 1024;

class Line implements Transport {
  isOpen = true;
  unsentBytes = 0;
  paused = false;
  readonly channel = new Channel(this, { receiveFrame() {}, receiveText() {}, closed() {} });
  recognised(): void {}
  send(): void {}
  close(): void {}
  terminate(): void {}
  listen(): void {}
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
}

describe("back-pressure", () => {
  let time: number;
  let pending: (() => void)[];
  let nodes: Line[];
  let generators: Line[];
  let changes: boolean[];
  let pressure: BackPressure;

  beforeEach(() => {
    time = 0;
    pending = [];
    changes = [];
    nodes = [new Line(), new Line()];
    generators = [new Line(), new Line()];
    const after = (_seconds: number, call: () => void): (() => void) => {
      pending.push(call);
      return () => undefined;
    };
    const clock = { now: () => time, after } as unknown as Clock;
    pressure = new BackPressure(
      clock,
      () => nodes,
      () => generators,
      (paused) => changes.push(paused),
    );
  });

  const passes = (duration: number): void => {
    time += duration;
    for (const call of pending.splice(0)) call();
  };

  it("holds all generators back from over 1 MiB that waits for nodes together, until a quarter is left", () => {
    for (const node of nodes) node.unsentBytes = MEBIBYTE / 2;
    pressure.received(MEBIBYTE);
    expect([pressure.paused, generators[0].paused, pending.length]).toEqual([false, false, 0]);
    nodes[1].unsentBytes++;
    pressure.received(MEBIBYTE);
    expect([pressure.paused, ...generators.map(({ paused }) => paused)]).toEqual([true, true, true]);
    nodes[1].unsentBytes = 0;
    nodes[0].unsentBytes = MEBIBYTE / 4 + 1;
    passes(2);
    expect([pressure.paused, pressure.pausedTime]).toEqual([true, 2]);
    pressure.received(MEBIBYTE);
    nodes[0].unsentBytes--;
    passes(3);
    expect([pressure.paused, ...generators.map(({ paused }) => paused)]).toEqual([false, false, false]);
    expect(pending).toEqual([]);
    passes(4);
    expect([pressure.pausedTime, changes]).toEqual([5, [true, false]]);
  });

  it("holds back a generator that connects meanwhile, too", () => {
    nodes[0].unsentBytes = 2 * MEBIBYTE;
    pressure.received(MEBIBYTE);
    const late = new Line();
    generators.push(late);
    pressure.received(MEBIBYTE);
    expect([late.paused, changes, pending.length]).toEqual([true, [true], 1]);
  });

  it("adds up how long it held them back", () => {
    for (const held of [1, 2]) {
      nodes[0].unsentBytes = 2 * MEBIBYTE;
      pressure.received(MEBIBYTE);
      nodes[0].unsentBytes = 0;
      passes(held);
      time += 10;
    }
    expect(pressure.pausedTime).toBe(3);
  });

  it("looks at the nodes once in 64 KiB of jobs, in however many frames", () => {
    nodes[0].unsentBytes = 2 * MEBIBYTE;
    pressure.received(32 * 1024);
    pressure.received(32 * 1024 - 1);
    expect(pressure.paused).toBe(false);
    pressure.received(1);
    expect(pressure.paused).toBe(true);
  });

  it("does not wait for nodes that are gone", () => {
    nodes[0].unsentBytes = 2 * MEBIBYTE;
    pressure.received(MEBIBYTE);
    nodes.shift();
    passes(1);
    expect(pressure.paused).toBe(false);
  });
});
