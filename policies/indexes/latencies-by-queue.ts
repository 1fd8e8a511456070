import { grown } from "../../model/grown.js";
import type { ModelTime } from "../../model/units.js";
import type { FleetIndex } from "./fleet.js";

/** Numbers of jobs found that are told apart; more count as the last. */
const LEVELS = 8;
/** Weight of a new latency in the mean. */
const WEIGHT = 1 / 4;
const NONE = -1;

/**
 * The latency of each server by the number of jobs that a job found there: a moving mean of the latest. Jobs are taken to end in
 * the order in which they came. O(1) per job.
 */
export class LatenciesByQueue implements FleetIndex {
  private means = new Float64Array(16 * LEVELS);
  /** Jobs at each server, as a list of what they found, oldest first. */
  private heads = new Int32Array(16).fill(NONE);
  private tails = new Int32Array(16).fill(NONE);
  private found = new Int32Array(64);
  private successors = new Int32Array(64);
  private used = 0;
  private freeHead = NONE;
  /** What the job found that ended last. */
  private lastFound = 0;

  /** The latency of a job that would find so many; that of the nearest number known, 0 if there is none. */
  of(server: number, jobs: number): ModelTime {
    const level = Math.min(jobs, LEVELS - 1);
    for (let distance = 0; distance < LEVELS; distance++) {
      if (level - distance >= 0 && this.means[LEVELS * server + level - distance] > 0)
        return this.means[LEVELS * server + level - distance];
      if (level + distance < LEVELS && this.means[LEVELS * server + level + distance] > 0)
        return this.means[LEVELS * server + level + distance];
    }
    return 0;
  }

  /** The job that has just ended at the server took so long. */
  observe(server: number, latency: ModelTime): void {
    const place = LEVELS * server + Math.min(this.lastFound, LEVELS - 1);
    const before = this.means[place];
    this.means[place] = before === 0 ? latency : before + WEIGHT * (latency - before);
  }

  added(server: number, queueLength: number): void {
    if (server >= this.heads.length) {
      const size = 2 * server;
      this.means = grown(this.means, new Float64Array(size * LEVELS));
      this.heads = grown(this.heads, new Int32Array(size).fill(NONE));
      this.tails = grown(this.tails, new Int32Array(size).fill(NONE));
    }
    this.means.fill(0, LEVELS * server, LEVELS * (server + 1));
    for (let job = 0; job < queueLength; job++) this.rose(server, job);
  }

  removed(server: number, queueLength: number): void {
    for (let job = 0; job < queueLength; job++) this.fell(server);
  }

  rose(server: number, before: number): void {
    const slot = this.allocate();
    this.found[slot] = before;
    this.successors[slot] = NONE;
    if (this.heads[server] === NONE) this.heads[server] = slot;
    else this.successors[this.tails[server]] = slot;
    this.tails[server] = slot;
  }

  fell(server: number): void {
    const slot = this.heads[server];
    this.lastFound = this.found[slot];
    this.heads[server] = this.successors[slot];
    this.successors[slot] = this.freeHead;
    this.freeHead = slot;
  }

  private allocate(): number {
    const slot = this.freeHead;
    if (slot !== NONE) {
      this.freeHead = this.successors[slot];
      return slot;
    }
    if (this.used === this.found.length) {
      this.found = grown(this.found, new Int32Array(2 * this.used));
      this.successors = grown(this.successors, new Int32Array(2 * this.used));
    }
    return this.used++;
  }
}
