import type { Fleet } from "./fleet.js";

/** Bits of a position on the ring; with the number of a server a position still fits a double. */
const POSITION_BITS = 28;
const POSITIONS = 2 ** POSITION_BITS;
const SERVERS = 2 ** 24;
/** Most points on the ring, as in Envoy. */
const MOST_POINTS = 8_388_608;

/**
 * Servers on a ring, each at several points, as many as it is fast. A key belongs to the server at the next point. A lookup
 * takes O(1) on average; building the ring O(p log p) for p points.
 */
export class HashRing {
  /** Position and server of each point, in order of position. */
  private readonly points: Float64Array;
  /** The first point at or after the start of each of as many equal arcs as there are points. */
  private readonly firstOfArc: Int32Array;

  /** @param pointsPerServer of a server of mean rate; fewer if the ring would become too large */
  constructor(fleet: Fleet, pointsPerServer: number) {
    const servers = Array.from({ length: fleet.members.size }, (_, i) => fleet.members.at(i));
    const meanRate = servers.reduce((sum, server) => sum + fleet.rate(server), 0) / servers.length;
    const perServer = Math.min(pointsPerServer, MOST_POINTS / servers.length);
    const counts = servers.map((server) => Math.max(1, Math.round((perServer * fleet.rate(server)) / meanRate)));
    this.points = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let filled = 0;
    for (const [i, server] of servers.entries())
      for (let copy = 0; copy < counts[i]; copy++)
        this.points[filled++] = positionOf(mixed(server + 1) ^ mixed(~copy)) * SERVERS + server;
    this.points.sort();
    this.firstOfArc = new Int32Array(filled);
    for (let arc = 0, point = 0; arc < filled; arc++) {
      while (point < filled && this.points[point] < this.startOf(arc)) point++;
      this.firstOfArc[arc] = point;
    }
  }

  get size(): number {
    return this.points.length;
  }

  /** The point to which a key belongs. */
  pointOf(key: number): number {
    const { points } = this;
    const position = positionOf(mixed(key));
    let point = this.firstOfArc[Math.floor((position / POSITIONS) * points.length)];
    while (point < points.length && points[point] < position * SERVERS) point++;
    return point === points.length ? 0 : point;
  }

  serverAt(point: number): number {
    // A remainder of powers of two is exact, and faster so.
    return this.points[point] - Math.floor(this.points[point] / SERVERS) * SERVERS;
  }

  /** Where an arc starts, as a point there would be written. */
  private startOf(arc: number): number {
    return Math.floor((arc / this.points.length) * POSITIONS) * SERVERS;
  }
}

/** Mixes the bits of a 32-bit number: the finaliser of MurmurHash3. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function positionOf(hash: number): number {
  return mixed(hash) >>> (32 - POSITION_BITS);
}
