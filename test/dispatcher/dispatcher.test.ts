import { describe, expect, it } from "vitest";
import { BLOCKED, Dispatcher } from "../../dispatcher/dispatcher.js";
import { policyNamed } from "../../dispatcher/policies/index.js";
import { PeerError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";

function dispatcherWith(...buffers: number[]): Dispatcher {
  const dispatcher = new Dispatcher(policyNamed("jiq"), randomStream("1", "policy"));
  for (const buffer of buffers) dispatcher.join(buffer);
  return dispatcher;
}

describe("the dispatcher", () => {
  it("keeps books of each job: whose it was, how long it took, and how much of that was on its way", () => {
    const dispatcher = dispatcherWith(1);
    expect(dispatcher.submit(10, 3, 77)).toBe(0);
    expect(dispatcher.submit(11, 3, 78)).toBe(BLOCKED);
    dispatcher.complete(12.5, 0, 1, 2.25);
    expect(dispatcher.lastJob).toMatchObject({ origin: 3, job: 77 });
    expect(dispatcher.totals).toEqual({
      offered: 2,
      blocked: 1,
      completed: 1,
      lost: 0,
      retried: 0,
      duplicates: 0,
      waited: 0,
      sojournTime: 2.5,
      messageDelay: 0.25,
      heldUp: 1,
    });
  });

  it.each([
    ["a server that holds none", 1, 1, "completes a job although it holds none"],
    ["a job that is not next", 0, 2, "completes job 2 while job 1 is the one in service"],
    ["a job that is over", 0, 0, "completes job 0 while job 1 is the one in service"],
  ])("rejects the completion of %s, and nothing changes", (_what, server, assignment, message) => {
    const dispatcher = dispatcherWith(5, 5);
    while (dispatcher.fleet.queueLength(0) === 0 || dispatcher.fleet.queueLength(1) > 0) {
      dispatcher.submit(0, 0, 0);
      if (dispatcher.fleet.queueLength(1) > 0) dispatcher.complete(0, 1, dispatcher.assignments(1), 0);
    }
    const before = { ...dispatcher.totals, inFlight: dispatcher.inFlight };
    expect(() => dispatcher.complete(1, server, assignment, 1)).toThrow(new PeerError(message));
    expect({ ...dispatcher.totals, inFlight: dispatcher.inFlight }).toEqual(before);
  });

  it("lets a server that serves its jobs at once complete them in any order, each once", () => {
    const dispatcher = new Dispatcher(policyNamed("jiq"), randomStream("1", "policy"));
    dispatcher.join(Number.POSITIVE_INFINITY, 1, 0, false);
    for (const job of [5, 6, 7]) dispatcher.submit(0, 0, job);
    dispatcher.complete(1, 0, 2, 1);
    expect(dispatcher.lastJob.job).toBe(6);
    expect(() => dispatcher.complete(1, 0, 2, 1)).toThrow(new PeerError("completes job 2, which it does not hold"));
    dispatcher.complete(2, 0, 3, 2);
    dispatcher.complete(3, 0, 1, 3);
    expect(dispatcher.lastJob.job).toBe(5);
    expect(dispatcher.totals.waited).toBe(2);
  });

  it("knows how many servers of each class hold how many jobs, now and over time", () => {
    const dispatcher = new Dispatcher(policyNamed("round-robin"), randomStream("1", "policy"));
    dispatcher.join(5, 1, 0);
    dispatcher.join(5, 2, 1);
    for (const now of [1, 2, 3]) dispatcher.submit(now, 0, now);
    dispatcher.complete(7, 0, 1, 6);
    const [first, second] = dispatcher.queues;
    expect([first.count(1), first.count(2), second.count(1), second.count(2)]).toEqual([1, 0, 1, 0]);
    // The first server holds a job from 1 on, and two from 3 to 7; the second one from 2 on.
    expect([first.integral(1, 10), first.integral(2, 10), second.integral(1, 10)]).toEqual([9, 4, 8]);
    expect(first.integral(10_000, 10)).toBe(0);
  });

  it("counts the jobs of a lost server as lost, one by one, oldest first", () => {
    const dispatcher = dispatcherWith(3);
    for (const job of [5, 6, 7]) dispatcher.submit(0, 1, job);
    dispatcher.fleet.leave(0);
    for (const job of [5, 6, 7]) {
      dispatcher.lose(1, 0);
      expect(dispatcher.lastJob.job).toBe(job);
    }
    expect(dispatcher.held(0)).toBe(0);
    expect(dispatcher.totals.lost).toBe(3);
    expect(dispatcher.inFlight).toBe(0);
  });

  it("counts a job that there is no room for as offered and blocked, and says of books that do not balance why", () => {
    const dispatcher = dispatcherWith(1);
    dispatcher.submit(0, 0, 0);
    dispatcher.block();
    expect(dispatcher.totals).toMatchObject({ offered: 2, blocked: 1 });
    expect(dispatcher.imbalance()).toBeUndefined();
    dispatcher.totals.lost++;
    expect(dispatcher.imbalance()).toBe("2 jobs were offered, but 0 completed, 1 blocked, 1 lost and 1 are in flight");
  });

  it("numbers the jobs of a server anew when another takes its place", () => {
    const dispatcher = dispatcherWith(3);
    dispatcher.submit(0, 0, 0);
    dispatcher.fleet.leave(0);
    dispatcher.lose(1, 0);
    dispatcher.fleet.release(0);
    expect(dispatcher.join(3)).toBe(0);
    dispatcher.submit(1, 0, 1);
    expect(dispatcher.assignments(0)).toBe(1);
    dispatcher.complete(2, 0, 1, 1);
  });
});
