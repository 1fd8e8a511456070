import fc from "fast-check";
import { expect, it } from "vitest";
import { FifoLine } from "../../server-node/disciplines/fifo.js";

it("a line gives jobs first in, first out, however it grows and wraps around", () => {
  // Two pushes to one shift, so that the ring grows from any head.
  const steps = fc.array(fc.constantFrom("push", "push", "shift"), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (kinds) => {
      const line = new FifoLine();
      const naive: { work: number; acceptedAt: number }[] = [];
      for (const [i, kind] of kinds.entries()) {
        if (kind === "push") {
          line.push(i + 0.5, i);
          naive.push({ work: i + 0.5, acceptedAt: i });
        } else if (naive.length > 0) {
          line.shift();
          naive.shift();
        }
        expect(line.length).toBe(naive.length);
        if (naive.length === 0) continue;
        expect({ work: line.firstWork, acceptedAt: line.firstAcceptance }).toEqual(naive[0]);
      }
    }),
  );
});

it("a line of a thousand jobs takes room for a few thousand", () => {
  const line = new FifoLine();
  // A ring that doubled at every push would pass what any machine can address after some forty.
  for (let job = 0; job < 1000; job++) line.push(job, job);
  for (let job = 0; job < 1000; job++) {
    expect([line.length, line.firstWork]).toEqual([1000 - job, job]);
    line.shift();
  }
});
