import { describe, expect, it } from "vitest";
import { BLOCKED, Dispatcher } from "../../../dispatcher/core/dispatcher.js";
import { PeerError } from "../../../model/errors.js";
import { randomStream } from "../../../model/random.js";
import { LARGEST_TIME } from "../../../model/units.js";
import { policyNamed } from "../../../policies/index.js";
import { NO_INFORMATION } from "../../../policies/policy.js";

function dispatcherWith(...buffers: number[]): Dispatcher {
  const dispatcher = new Dispatcher(policyNamed("jiq"), randomStream("1", "policy"));
  for (const buffer of buffers) dispatcher.join({ buffer });
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
      timedOut: 0,
      completed: 1,
      lost: 0,
      retried: 0,
      duplicates: 0,
      waited: 0,
      sojournTime: 2.5,
      messageDelay: 0.25,
      askedDelay: 0,
      heldUp: 1,
      work: 0,
      squaredWork: 0,
    });
  });

  it("holds no job up by what was asked of its messages", () => {
    const dispatcher = new Dispatcher(policyNamed("jiq"), randomStream("1", "policy"));
    dispatcher.join({ buffer: 1, askedDelay: 0.5 });
    for (const [job, delay] of [0.5, 0.69, 0.71].entries()) {
      dispatcher.submit(10 * job, 0, job);
      dispatcher.complete(10 * job + 1 + delay, 0, job + 1, 1);
    }
    expect(dispatcher.totals).toMatchObject({ completed: 3, askedDelay: 1.5, heldUp: 1 });
    expect(dispatcher.totals.messageDelay).toBeCloseTo(1.9, 9);
  });

  it("counts no delay that is negative, whatever time a server claims", () => {
    const dispatcher = dispatcherWith(1);
    for (let job = 1; job <= 3; job++) {
      dispatcher.submit(job, 0, job);
      dispatcher.complete(job + 0.5, 0, job, LARGEST_TIME);
    }
    expect(dispatcher.totals).toMatchObject({ completed: 3, sojournTime: 1.5, messageDelay: 0 });
  });

  it("takes a job for poisonous on which two servers in a row have died, and no other", () => {
    for (const inOrder of [true, false]) {
      const dispatcher = dispatcherWith();
      for (let i = 0; i < 2; i++) dispatcher.join({ buffer: 9, inOrder });
      dispatcher.leave(1);
      for (const job of [1, 2]) expect(dispatcher.submit(0, 0, job)).toBe(0);
      const moved = [0, 1].map((server) => {
        dispatcher.enter(1 - server);
        dispatcher.leave(server);
        dispatcher.died(server);
        const poisonous: boolean[] = [];
        while (dispatcher.jobsAt(server) > 0) {
          poisonous.push(dispatcher.isPoisonous(server));
          if (poisonous.at(-1)) dispatcher.lose(1, server);
          else expect(dispatcher.requeue(1, server)).toBe(1 - server);
        }
        return poisonous;
      });
      // In order, the second job never was in service; in a pool, both were.
      expect(moved).toEqual([
        [false, false],
        [true, !inOrder],
      ]);
      expect(dispatcher.inFlight).toBe(inOrder ? 1 : 0);
      expect(dispatcher.imbalance()).toBeUndefined();
    }
  });

  it("moves a job a hundred times, and then no more", () => {
    const dispatcher = dispatcherWith(1, 1);
    let server = dispatcher.submit(0, 0, 1);
    let moves = 0;
    while (server !== BLOCKED && moves < 1000) {
      const other = 1 - server;
      server = dispatcher.refuse(0, server, dispatcher.assignments(server));
      if (server !== BLOCKED) moves++;
      expect([other, 1 - other, BLOCKED]).toContain(server);
    }
    expect(moves).toBe(100);
    expect(dispatcher.totals).toMatchObject({ offered: 1, lost: 1, retried: 100 });
  });

  it.each([
    ["a server that holds none", 1, 1, "completes a job although it has none"],
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
    dispatcher.join({ buffer: Number.POSITIVE_INFINITY, rate: 1, serverClass: 0, inOrder: false });
    for (const job of [5, 6, 7]) dispatcher.submit(0, 0, job);
    dispatcher.complete(1, 0, 2, 1);
    expect(dispatcher.lastJob.job).toBe(6);
    expect(() => dispatcher.complete(1, 0, 2, 1)).toThrow(new PeerError("completes job 2, which it does not have"));
    dispatcher.complete(2, 0, 3, 2);
    dispatcher.complete(3, 0, 1, 3);
    expect(dispatcher.lastJob.job).toBe(5);
    expect(dispatcher.totals.waited).toBe(2);
  });

  it("knows how many servers of each class hold how many jobs, now and over time", () => {
    const dispatcher = new Dispatcher(policyNamed("round-robin"), randomStream("1", "policy"));
    dispatcher.join({ buffer: 5, rate: 1, serverClass: 0 });
    dispatcher.join({ buffer: 5, rate: 2, serverClass: 1 });
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
    expect(dispatcher.jobsAt(0)).toBe(0);
    expect(dispatcher.totals.lost).toBe(3);
    expect(dispatcher.inFlight).toBe(0);
  });

  it("counts jobs apart whose clients gave up, whether their servers noticed or not", () => {
    const dispatcher = new Dispatcher(policyNamed("round-robin"), randomStream("1", "policy"), undefined, 2);
    dispatcher.join({ buffer: Number.POSITIVE_INFINITY });
    for (const job of [1, 2, 3]) dispatcher.submit(0, 0, job);
    expect(dispatcher.complete(2, 0, 1, 2)).toBe(true);
    expect(dispatcher.complete(2.5, 0, 2, 2.25)).toBe(false);
    expect(() => dispatcher.abandoned(3, 0, 3, 2)).toThrow(PeerError);
    dispatcher.abandoned(3, 0, 3, 2.5);
    expect(dispatcher.lastJob).toMatchObject({ job: 3 });
    expect(dispatcher.totals).toMatchObject({ offered: 3, completed: 1, timedOut: 2, sojournTime: 2 });
    expect(dispatcher.imbalance()).toBeUndefined();
    expect(dispatcher.times.all.sojourn.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it("counts a job that there is no room for as offered and blocked, and says of books that do not balance why", () => {
    const dispatcher = dispatcherWith(1);
    dispatcher.submit(0, 0, 0);
    dispatcher.block(1);
    expect(dispatcher.totals).toMatchObject({ offered: 2, blocked: 1 });
    expect(dispatcher.imbalance()).toBeUndefined();
    dispatcher.totals.lost++;
    expect(dispatcher.imbalance()).toBe(
      "of 2 offered jobs, 0 completed, 0 timed out, 1 were blocked, 1 lost and 1 are in flight",
    );
  });

  it("numbers the jobs of a server anew when another takes its place", () => {
    const dispatcher = dispatcherWith(3);
    dispatcher.submit(0, 0, 0);
    dispatcher.fleet.leave(0);
    dispatcher.lose(1, 0);
    dispatcher.fleet.release(0);
    expect(dispatcher.join({ buffer: 3 })).toBe(0);
    dispatcher.submit(1, 0, 1);
    expect(dispatcher.assignments(0)).toBe(1);
    dispatcher.complete(2, 0, 1, 1);
  });
});

describe("a probe", () => {
  it("goes out after the job, and its answer reaches the policy unless the server has left or was not asked", () => {
    const said: string[] = [];
    const dispatcher = new Dispatcher(
      (fleet) => ({
        ...{ name: "prober", knows: ["probes"], information: NO_INFORMATION },
        probes: { servers: Int32Array.of(0, 1), count: 2 },
        choose: () => fleet.members.at(0),
        answered: (server, jobs, latency, now) => said.push(`${server} has ${jobs}, ${latency} at ${now}`),
      }),
      randomStream("1", "policy"),
    );
    dispatcher.onSend = (server) => said.push(`job to ${server}`);
    dispatcher.onProbe = (server) => said.push(`probe to ${server}`);
    for (const buffer of [1, 1]) dispatcher.join({ buffer });
    dispatcher.submit(0, 0, 1);
    // The server is full: a job that is blocked has its probes too.
    expect(dispatcher.submit(1, 0, 2)).toBe(BLOCKED);
    dispatcher.answered(2, 0, 1, 0.5);
    dispatcher.leave(1);
    dispatcher.answered(3, 1, 0, 0);
    dispatcher.answered(4, 0, 1, 0.25);
    const probes = ["probe to 0", "probe to 1"];
    expect(said).toEqual(["job to 0", ...probes, ...probes, "0 has 1, 0.5 at 2", "0 has 1, 0.25 at 4"]);
    expect(() => dispatcher.answered(5, 0, 0, 0)).toThrow(new PeerError("answers a probe, but was sent none"));
    expect(() => dispatcher.answered(6, 1, 2 ** 31, 0)).toThrow(new PeerError("answers that it has 2147483648 jobs"));
  });
});

describe("a job and what the policy has to tell because of it", () => {
  it("go out in this order, once each: new jobs, those of a lost server and refused ones", () => {
    const said: string[] = [];
    const dispatcher = new Dispatcher(
      (fleet, random) => {
        const sent = (): void => fleet.giveThreshold(0, said.length);
        fleet.keep({ added() {}, removed() {}, rose() {}, fell() {}, sent });
        return policyNamed("round-robin")(fleet, random);
      },
      randomStream("1", "policy"),
    );
    dispatcher.fleet.onThreshold = () => said.push("threshold");
    dispatcher.onSend = (server, origin, job, work) =>
      said.push(`job ${job} of ${origin}, work ${work}, to ${server} as ${dispatcher.assignments(server)}`);
    for (const buffer of [1, 1]) dispatcher.join({ buffer });
    dispatcher.submit(0, 7, 1, 0, 2.5);
    dispatcher.leave(0);
    dispatcher.requeue(1, 0);
    dispatcher.enter(0);
    dispatcher.refuse(2, 1, 1);
    dispatcher.submit(3, 7, 2);
    expect(dispatcher.submit(4, 7, 3)).toBe(BLOCKED);
    dispatcher.adopt(5, 1, 7, 4);
    const jobs = said.filter((what) => what !== "threshold");
    expect(said).toEqual(jobs.flatMap((job) => [job, "threshold"]));
    expect(jobs.map((job) => job.split(",")[0])).toEqual(["job 1 of 7", "job 1 of 7", "job 1 of 7", "job 2 of 7"]);
    expect(jobs[0]).toBe("job 1 of 7, work 2.5, to 0 as 1");
  });
});
