import { UserError } from "../errors.js";
import type { RandomStream } from "../random.js";
import type { CompatibilityGraph } from "./compatibility-graph.js";
import { completeGraph } from "./complete.js";
import { readEdgeList } from "./edge-list.js";
import { erdosRenyiGraph } from "./erdos-renyi.js";
import { geometricGraph, radiusFor } from "./geometric.js";
import { torusGraph } from "./lattice.js";
import { regularGraph } from "./regular.js";

/** A family of graphs with its parameters, as the user names it. */
export interface GraphFamily {
  /** How `--set` writes it. */
  readonly name: string;
  /** Task types of a graph of so many servers, where the family decides that; else any number will do. */
  taskTypesFor?(servers: number): number;
  /** Throws UserError for sizes that the family does not have. */
  build(servers: number, taskTypes: number, random: RandomStream): CompatibilityGraph;
}

export const GRAPH_RANGE =
  "complete | regular:DEGREE | geometric:MEAN_DEGREE[,DIMENSION[,NORM]] | geometric:radius=R[,DIMENSION[,NORM]] | " +
  "erdos-renyi:MEAN_DEGREE | ring | torus:DIMENSION | file:PATH; degrees are of task types";

/**
 * Reads a family of graphs.
 *
 * @param text as GRAPH_RANGE has it; after `file:PATH` comes a line end and what the file says, which is for a driver to read
 * @throws UserError naming what there is
 */
export function parseGraphFamily(text: string): GraphFamily {
  const [name] = text.split("\n", 1);
  const [family, argument] = name.includes(":")
    ? [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)]
    : [name, ""];
  switch (family) {
    case "complete":
      return { name, build: completeGraph };
    case "regular": {
      const degree = wholeNumber(argument, name);
      return { name, build: (servers, taskTypes, random) => regularGraph(servers, taskTypes, degree, random) };
    }
    case "erdos-renyi": {
      const meanDegree = positive(argument, name);
      return { name, build: (servers, taskTypes, random) => erdosRenyiGraph(servers, taskTypes, meanDegree, random) };
    }
    case "geometric":
      return geometricFamily(name, argument);
    case "ring":
      return torusFamily(name, 1);
    case "torus":
      return torusFamily(name, wholeNumber(argument, name));
    case "file":
      return {
        name,
        build: (servers, taskTypes) =>
          readEdgeList(text.slice(name.length + 1), servers, taskTypes, `edge list ${argument}`),
      };
  }
  throw new UserError(`must be ${GRAPH_RANGE}`);
}

function torusFamily(name: string, dimension: number): GraphFamily {
  return { name, taskTypesFor: (servers) => dimension * servers, build: (servers) => torusGraph(servers, dimension) };
}

function geometricFamily(name: string, argument: string): GraphFamily {
  const [size, dimensionText = "2", normText = "2", ...more] = argument.split(",");
  if (more.length > 0) throw new UserError(`must be ${GRAPH_RANGE}`);
  const dimension = wholeNumber(dimensionText, name);
  const norm = normText === "infinity" ? Number.POSITIVE_INFINITY : positive(normText, name);
  if (norm < 1) throw new UserError(`${name}: the norm must be at least 1, or infinity`);
  const radius = size.startsWith("radius=") ? positive(size.slice("radius=".length), name) : undefined;
  const meanDegree = radius === undefined ? positive(size, name) : 0;
  return {
    name,
    build: (servers, taskTypes, random) =>
      geometricGraph(
        { servers, taskTypes, dimension, norm, radius: radius ?? radiusFor(meanDegree, servers, dimension, norm) },
        random,
      ),
  };
}

function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 1) {
    throw new UserError(`${name}: "${text}" is not a whole number >= 1; use ${GRAPH_RANGE}`);
  }
  return value;
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UserError(`${name}: "${text}" is not a number > 0; use ${GRAPH_RANGE}`);
  }
  return value;
}
