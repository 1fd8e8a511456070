import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlotBarrier } from "../../../dispatcher/connections/slot-barrier.js";
import { PeerError } from "../../../model/errors.js";
import { randomStream } from "../../../model/random.js";
import { noSlotTotals } from "../../../model/totals.js";
import { policyNamed } from "../../../policies/index.js";
import { Fleet } from "../../../policies/indexes/fleet.js";
import { oncePerSlot } from "../../../policies/once-per-slot.js";
import { ANY_JOB } from "../../../policies/policy.js";

/** A barrier over two nodes that each hold a queue and serve one job a slot, with a record of what it did. */
class Checked {
  readonly events: string[] = [];
  readonly queues = new Map([
    ["a", 0],
    ["b", 0],
  ]);
  readonly asked: { node: string; slot: number }[] = [];
  readonly barrier = new SlotBarrier<string, string>({
    jobs: () => [...this.queues.values()].reduce((sum, jobs) => sum + jobs, 0),
    route: (job, slot) => {
      this.events.push(`${job} in ${slot}`);
      const [shortest] = [...this.queues].sort(([, p], [, q]) => p - q);
      this.queues.set(shortest[0], shortest[1] + 1);
    },
    nodes: () => this.queues.keys(),
    endSlot: (node, slot) => this.asked.push({ node, slot }),
  });

  /** One of the nodes that were asked answers. */
  answer(pick: number): void {
    const [asked] = this.asked.splice(pick % this.asked.length, 1);
    if (asked === undefined) return;
    const queue = this.queues.get(asked.node) ?? 0;
    this.queues.set(asked.node, Math.max(0, queue - 1));
    this.barrier.served(asked.node, asked.slot, queue === 0 ? 1 : 0);
  }
}

describe("slotted time among processes", () => {
  it("goes slot by slot, as if all were in one place, in whatever order messages come", () => {
    const script = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 2 })), { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(script, (steps) => {
        const checked = new Checked();
        const jobs: { name: string; slot: number }[] = [];
        let slot = 0;
        for (const [isJob, number] of steps) {
          if (isJob) {
            slot += number;
            jobs.push({ name: `${jobs.length}`, slot });
            checked.barrier.submitted(`${jobs.length - 1}`, slot);
          } else checked.answer(number);
        }
        while (checked.asked.length > 0) checked.answer(0);
        // All slots before the last one that a job is of have gone by; jobs of that one wait.
        const past = jobs.filter((job) => job.slot < slot);
        expect(checked.events).toEqual(past.map((job) => `${job.name} in ${job.slot}`));
        expect(checked.barrier.waitingJobs).toBe(jobs.length - past.length);
        expect(checked.barrier.totals).toEqual(inOnePlace(jobs, slot));
        expect(checked.barrier.isBetweenSlots).toBe(true);
      }),
    );
  });

  it("does not wait for a node that is lost", () => {
    const checked = new Checked();
    checked.barrier.submitted("x", 1);
    expect(checked.barrier.isBetweenSlots).toBe(false);
    checked.barrier.served("a", 0, 1);
    checked.barrier.lost("b");
    expect(checked.barrier.totals.slots).toBe(1);
  });

  it("refuses what does not belong to the slot", () => {
    const checked = new Checked();
    expect(() => checked.barrier.served("a", 0, 0)).toThrow(PeerError);
    checked.barrier.submitted("x", 1);
    expect(() => checked.barrier.submitted("y", 0)).toThrow(/job of slot 0 after one of slot 1/);
    checked.barrier.served("a", 0, 1);
    expect(() => checked.barrier.served("a", 0, 1)).toThrow(PeerError);
    expect(() => checked.barrier.served("b", 7, 1)).toThrow(PeerError);
  });
});

/** The same slots in a plain loop. */
function inOnePlace(jobs: readonly { slot: number }[], end: number) {
  const totals = noSlotTotals();
  const queues = [0, 0];
  for (let slot = 0; slot < end; slot++) {
    const before = queues[0] + queues[1];
    for (const job of jobs) if (job.slot === slot) queues[queues[0] <= queues[1] ? 0 : 1]++;
    let unused = 0;
    for (const server of [0, 1]) {
      if (queues[server] === 0) unused++;
      else queues[server]--;
    }
    totals.slots++;
    totals.queue += before;
    totals.unused += unused;
    totals.unusedSquared += unused ** 2;
    totals.cross += (queues[0] + queues[1]) * unused;
  }
  return totals;
}

describe("a policy once per slot", () => {
  it("sends all jobs of a slot to one server, and looks at the queues anew in the next", () => {
    const fleet = new Fleet();
    for (let server = 0; server < 5; server++) fleet.join({ buffer: Number.POSITIVE_INFINITY });
    const policy = oncePerSlot(policyNamed("jsq"))(fleet, randomStream("1", "policy"));
    expect(policy.name).toBe("jsq");
    for (let slot = 0; slot < 20; slot++) {
      const lengths = Array.from({ length: 5 }, (_, server) => fleet.queueLength(server));
      const first = policy.choose({ ...ANY_JOB, type: slot }, slot);
      expect(lengths[first]).toBe(Math.min(...lengths));
      for (let job = 0; job < 4; job++) {
        expect(policy.choose({ ...ANY_JOB, type: slot }, slot)).toBe(first);
        fleet.assigned(first);
      }
    }
  });
});
