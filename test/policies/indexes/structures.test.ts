import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JobRecord, JobTable } from "../../../dispatcher/core/job-table.js";
import { Fleet, type FleetIndex } from "../../../policies/indexes/fleet.js";
import { IndexSet } from "../../../policies/indexes/index-set.js";

describe("an index set", () => {
  it("is a set, under any mix of additions and removals", () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.nat(40), fc.array(step, { maxLength: 300 }), (inOrder, steps) => {
        const set = new IndexSet();
        const naive = new Set<number>();
        // As the servers of a fleet: in order, until one leaves.
        for (let member = 0; member < inOrder; member++) {
          set.add(member);
          naive.add(member);
          expect(set.at(member)).toBe(member);
        }
        for (const [add, member] of steps) {
          if (add) set.add(member);
          else set.remove(member);
          if (add) naive.add(member);
          else naive.delete(member);
          expect(set.size).toBe(naive.size);
          expect(set.has(member)).toBe(naive.has(member));
        }
        const members = Array.from({ length: set.size }, (_, position) => set.at(position));
        expect(members.toSorted((a, b) => a - b)).toEqual([...naive].sort((a, b) => a - b));
      }),
    );
  });
});

describe("a job table", () => {
  it("has no list for a server that has not joined, and says so instead of looking for ever", () => {
    const table = new JobTable();
    table.begin(0);
    expect(table.take(0, 1)).toBe(false);
    expect(table.hasJob(0, 1)).toBe(false);
    expect(() => table.take(1, 1)).toThrow("the server has joined");
    expect(() => table.hasJob(1, 1)).toThrow("the server has joined");
    expect(() => table.describe(1, 0, 0, 0, 1)).toThrow("the server has joined");
  });

  it("gives every server its jobs first in, first out, and counts them, whatever the others do", () => {
    const servers = 4;
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: servers - 1 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new JobTable();
        const naive: JobRecord[][] = [];
        const ended = new Array<number>(servers).fill(0);
        for (let server = 0; server < servers; server++) {
          table.begin(server);
          naive.push([]);
        }
        for (const [job, [push, server]] of steps.entries()) {
          if (push) {
            table.push(server, job % 3, job, job / 7, job % 5, job / 3);
            naive[server].push({
              origin: job % 3,
              job,
              submittedAt: job / 7,
              taskType: job % 5,
              work: job / 3,
              deaths: 0,
              moves: 0,
            });
          } else if (naive[server].length > 0) {
            expect(table.oldestAssignment(server)).toBe(ended[server] + 1);
            table.shift(server);
            expect(table.taken).toEqual(naive[server].shift());
            ended[server]++;
          }
          expect(table.jobsAt(server)).toBe(naive[server].length);
          expect(table.assignments(server)).toBe(ended[server] + naive[server].length);
          expect(table.size).toBe(naive.reduce((sum, jobs) => sum + jobs.length, 0));
        }
      }),
    );
  });
});

describe("a job table of servers that complete in any order", () => {
  it("gives up the very job asked for, and none that is not there", () => {
    const step = fc.tuple(fc.boolean(), fc.nat(2), fc.nat(12));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const table = new JobTable();
        const naive = [0, 1, 2].map(() => new Map<number, number>());
        for (const server of naive.keys()) table.begin(server);
        for (const [job, [push, server, assignment]] of steps.entries()) {
          const held = naive[server];
          if (push) {
            table.push(server, 0, job, 0, 0, 0);
            held.set(table.assignments(server), job);
          } else {
            expect(table.hasJob(server, assignment)).toBe(held.has(assignment));
            expect(table.take(server, assignment)).toBe(held.has(assignment));
            if (held.has(assignment)) expect(table.taken.job).toBe(held.get(assignment));
            held.delete(assignment);
          }
          expect(table.jobsAt(server)).toBe(held.size);
          if (held.size > 0) expect(table.oldestAssignment(server)).toBe(Math.min(...held.keys()));
          expect(table.size).toBe(naive.reduce((sum, jobs) => sum + jobs.size, 0));
        }
      }),
    );
  });
});

describe("a fleet", () => {
  it("tells an index that a policy keeps of every member, from whenever it is kept", () => {
    const step = fc.tuple(fc.constantFrom("join", "leave", "assign", "assign", "end"), fc.nat(30));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(200), (steps, keptAt) => {
        const fleet = new Fleet();
        const joined: number[] = [];
        const told = new Map<number, number>();
        const index: FleetIndex = {
          added: (server, queueLength) => void told.set(server, queueLength),
          removed(server, queueLength) {
            expect(told.get(server)).toBe(queueLength);
            told.delete(server);
          },
          rose(server, before) {
            expect(told.get(server)).toBe(before);
            told.set(server, before + 1);
          },
          fell(server, before) {
            expect(told.get(server)).toBe(before);
            told.set(server, before - 1);
          },
        };
        for (const [number, [kind, pick]] of steps.entries()) {
          if (number === keptAt) fleet.keep(index);
          const server = joined[pick % Math.max(1, joined.length)];
          if (kind === "join") joined.push(fleet.join({ buffer: Number.POSITIVE_INFINITY }));
          else if (server === undefined) continue;
          else if (kind === "leave") fleet.leave(server);
          else if (kind === "assign" && fleet.members.has(server)) fleet.assigned(server);
          else if (kind === "end" && fleet.queueLength(server) > 0) fleet.ended(server);
          if (number < keptAt) continue;
          const members = joined.filter((member) => fleet.members.has(member));
          expect(told).toEqual(new Map(members.map((member) => [member, fleet.queueLength(member)])));
        }
      }),
    );
  });

  it("knows who is a member, idle and full, under any mix of joining, leaving, assignments and ends", () => {
    const step = fc.tuple(fc.constantFrom("join", "leave", "assign", "assign", "end"), fc.nat(30), fc.nat(3));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const fleet = new Fleet();
        const naive = new Map<number, { buffer: number; length: number; member: boolean }>();
        for (const [kind, pick, size] of steps) {
          const known = [...naive.keys()];
          const server = known[pick % Math.max(1, known.length)];
          const state = naive.get(server);
          if (kind === "join") {
            const buffer = size === 3 ? Number.POSITIVE_INFINITY : size + 1;
            const joined = fleet.join({ buffer });
            expect(naive.has(joined)).toBe(false);
            naive.set(joined, { buffer, length: 0, member: true });
          } else if (state === undefined) {
          } else if (kind === "leave") {
            fleet.leave(server);
            state.member = false;
            if (state.length === 0) {
              fleet.release(server);
              naive.delete(server);
            }
          } else if (kind === "assign" && state.member && state.length < state.buffer) {
            fleet.assigned(server);
            state.length++;
          } else if (kind === "end" && state.length > 0) {
            fleet.ended(server);
            state.length--;
          }
          for (const [number, { buffer, length, member }] of naive) {
            expect(fleet.queueLength(number)).toBe(length);
            expect(fleet.isFull(number)).toBe(length >= buffer);
            expect(fleet.members.has(number)).toBe(member);
            expect(fleet.idle.has(number)).toBe(member && length === 0);
          }
          expect(fleet.members.size).toBe([...naive.values()].filter(({ member }) => member).length);
        }
      }),
    );
  });
});
