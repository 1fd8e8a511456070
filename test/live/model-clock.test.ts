import { afterEach, describe, expect, it, vi } from "vitest";
import { DueTimer } from "../../live/due-timer.js";
import { ModelClock } from "../../live/model-clock.js";

/** A time unit of a month: more milliseconds than a timer of Node.js can wait, which would fire at once. */
const MONTH_SECONDS = 30 * 24 * 3600;
const DAY_MILLISECONDS = 24 * 3600 * 1000;

afterEach(() => void vi.useRealTimers());

describe("a clock whose time unit is a month", () => {
  it("calls back after it, once, and not before", () => {
    vi.useFakeTimers();
    const clock = new ModelClock(MONTH_SECONDS);
    const call = vi.fn();
    clock.after(2 * MONTH_SECONDS, call);
    const cancelled = clock.after(2 * MONTH_SECONDS, () => expect.unreachable("it was cancelled"));
    vi.advanceTimersByTime(40 * DAY_MILLISECONDS);
    cancelled();
    vi.advanceTimersByTime(20 * DAY_MILLISECONDS - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100 * DAY_MILLISECONDS);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it("calls back periodically no more often than a timer can wait", () => {
    vi.useFakeTimers();
    const call = vi.fn();
    const stop = new ModelClock(MONTH_SECONDS).every(MONTH_SECONDS, call);
    vi.advanceTimersByTime(100 * DAY_MILLISECONDS);
    stop();
    expect(call.mock.calls.length).toBeLessThanOrEqual(4);
    expect(call.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  it("wakes a timer early rather than at once, to be set again", () => {
    vi.useFakeTimers();
    const clock = new ModelClock(MONTH_SECONDS);
    let wakes = 0;
    const timer = new DueTimer(clock, () => {
      wakes++;
      timer.set(2);
    });
    timer.set(2);
    vi.advanceTimersByTime(59 * DAY_MILLISECONDS);
    expect(wakes).toBe(2);
    timer.clear();
    vi.advanceTimersByTime(59 * DAY_MILLISECONDS);
    expect(wakes).toBe(2);
  });
});
