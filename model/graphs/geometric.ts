import gamma from "@stdlib/math-base-special-gamma";
import { UserError } from "../errors.js";
import type { RandomStream } from "../random.js";
import { type CompatibilityGraph, graphFromTypes, MOST_EDGES } from "./compatibility-graph.js";
import { IntegerList } from "./integer-list.js";

export interface GeometricOptions {
  readonly servers: number;
  readonly taskTypes: number;
  /** k, the dimension of the torus. */
  readonly dimension: number;
  /** p of the norm, >= 1; Infinity for the maximum norm. */
  readonly norm: number;
  /** Maximum length of an edge, at most 1/2. */
  readonly radius: number;
}

/** A larger ball would overlap itself around the torus. */
const GREATEST_RADIUS = 0.5;

/**
 * The radius at which a task type has `meanDegree` servers on average.
 *
 * @throws UserError if no radius up to 1/2 gives that many
 */
export function radiusFor(meanDegree: number, servers: number, dimension: number, norm: number): number {
  const most = servers * ballVolume(GREATEST_RADIUS, dimension, norm);
  if (!(meanDegree > 0 && meanDegree <= most)) {
    throw new UserError(
      `mean degree ${meanDegree} must be > 0 and at most ${Math.floor(most)}: a ball of radius 1/2 contains no more of the ${servers} servers`,
    );
  }
  return (meanDegree / (servers * ballVolume(1, dimension, norm))) ** (1 / dimension);
}

/** Volume of a ball of the p-norm in `dimension` dimensions (Dirichlet 1839). */
function ballVolume(radius: number, dimension: number, norm: number): number {
  return (2 * radius * gamma(1 + 1 / norm)) ** dimension / gamma(1 + dimension / norm);
}

/**
 * A random bipartite geometric graph: servers and task types at independent, uniformly random positions of the unit torus, an edge
 * where they are at most `radius` apart in the p-norm. Vertices are numbered along the cells of a grid, which is
 * independent of their degrees and keeps neighbours close in memory. Takes time proportional to the number of edges.
 *
 * @throws UserError for a radius outside (0, 1/2], or too many edges
 *
 * Source: Rutten and Mukherjee (2023), Definition 3.3.
 */
export function geometricGraph(options: GeometricOptions, random: RandomStream): CompatibilityGraph {
  const { servers, taskTypes, dimension, norm, radius } = options;
  if (!(radius > 0 && radius <= GREATEST_RADIUS)) throw new UserError(`radius ${radius} must be > 0 and at most 1/2`);
  const expectedEdges = servers * taskTypes * ballVolume(radius, dimension, norm);
  if (expectedEdges > MOST_EDGES / 1.1) {
    throw new UserError(
      `a graph of about ${Math.round(expectedEdges)} edges is too large: reduce the mean degree or the radius`,
    );
  }
  const grid = new Grid(servers, dimension, radius);
  const serverPositions = grid.scatter(servers, random);
  const typePositions = grid.scatter(taskTypes, random);
  const within = nearness(serverPositions.coordinates, typePositions.coordinates, options);
  const degrees = new Int32Array(taskTypes);
  const members = new IntegerList(1.01 * expectedEdges);
  for (let cell = 0; cell < grid.cells; cell++) {
    const around = grid.cellsAround(cell);
    for (let type = typePositions.firsts[cell]; type < typePositions.firsts[cell + 1]; type++) {
      const before = members.length;
      for (const near of around) {
        const end = serverPositions.firsts[near + 1];
        for (let server = serverPositions.firsts[near]; server < end; server++) {
          if (within(server, type)) members.push(server);
        }
      }
      degrees[type] = members.length - before;
    }
  }
  const positions = { dimension, servers: serverPositions.coordinates, taskTypes: typePositions.coordinates };
  return graphFromTypes(servers, degrees, members.take(), positions);
}

/** Whether a server and a type are at most a radius apart, by distance on the torus. */
function nearness(
  servers: Float64Array,
  types: Float64Array,
  { dimension, norm, radius }: GeometricOptions,
): (server: number, type: number) => boolean {
  const contribution = (distance: number): number => {
    if (norm === 2) return distance * distance;
    if (norm === Number.POSITIVE_INFINITY) return distance <= radius ? 0 : 1;
    return distance ** norm;
  };
  const most = norm === Number.POSITIVE_INFINITY ? 0 : radius ** norm;
  return (server, type) => {
    let sum = 0;
    for (let axis = 0; axis < dimension; axis++) {
      const apart = Math.abs(servers[dimension * server + axis] - types[dimension * type + axis]);
      sum += contribution(apart > 0.5 ? 1 - apart : apart);
    }
    return sum <= most;
  };
}

/** Points ordered by cell: those of cell c are numbered from firsts[c] to firsts[c + 1] - 1. */
interface ScatteredPoints {
  readonly coordinates: Float64Array;
  readonly firsts: Int32Array;
}

/** The torus divided into cells with sides of at least the radius: a ball lies within its centre's cell and the adjacent ones. */
class Grid {
  readonly cells: number;
  private readonly side: number;

  constructor(
    points: number,
    private readonly dimension: number,
    radius: number,
  ) {
    // Many empty cells would only cost time.
    this.side = Math.max(1, Math.min(Math.floor(1 / radius), Math.ceil(points ** (1 / dimension))));
    this.cells = this.side ** dimension;
  }

  /** Draws uniformly random points of the torus. */
  scatter(points: number, random: RandomStream): ScatteredPoints {
    const { dimension } = this;
    const thrown = Float64Array.from({ length: points * dimension }, random);
    const firsts = new Int32Array(this.cells + 1);
    const cellOf = Int32Array.from({ length: points }, (_, point) => this.cellAt(thrown, point));
    for (const cell of cellOf) firsts[cell + 1]++;
    for (let cell = 0; cell < this.cells; cell++) firsts[cell + 1] += firsts[cell];
    const next = firsts.slice();
    const coordinates = new Float64Array(thrown.length);
    for (let point = 0; point < points; point++) {
      const number = next[cellOf[point]]++;
      for (let axis = 0; axis < dimension; axis++) {
        coordinates[number * dimension + axis] = thrown[point * dimension + axis];
      }
    }
    return { coordinates, firsts };
  }

  /** The cell itself and all adjacent ones, each once. */
  cellsAround(cell: number): number[] {
    let around = [0];
    for (let axis = 0, stride = 1; axis < this.dimension; axis++, stride *= this.side) {
      const own = Math.floor(cell / stride) % this.side;
      const near = new Set([own, (own + 1) % this.side, (own + this.side - 1) % this.side]);
      around = around.flatMap((sum) => [...near].map((coordinate) => sum + coordinate * stride));
    }
    return around;
  }

  private cellAt(coordinates: Float64Array, point: number): number {
    let cell = 0;
    for (let axis = this.dimension - 1; axis >= 0; axis--) {
      cell = cell * this.side + Math.floor(coordinates[point * this.dimension + axis] * this.side);
    }
    return cell;
  }
}
