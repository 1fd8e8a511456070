import { UserError } from "../errors.js";
import { type Family, family, type Option, rangeOf, readMember } from "../family.js";
import { anyText, positive, whole, withFallback } from "../options.js";
import type { RandomStream } from "../random.js";
import type { CompatibilityGraph } from "./compatibility-graph.js";
import { completeGraph } from "./complete.js";
import { readEdgeList } from "./edge-list.js";
import { erdosRenyiGraph } from "./erdos-renyi.js";
import { geometricGraph, radiusFor } from "./geometric.js";
import { torusGraph } from "./lattice.js";
import { regularGraph } from "./regular.js";

/** A graph family with its parameters. */
export interface GraphFamily {
  /** As given to `--set`. */
  readonly name: string;
  /** The number of task types for a number of servers, if the family determines it. */
  taskTypesFor?(servers: number): number;
  /** Generates a graph. Throws UserError for sizes that the family does not allow. */
  build(servers: number, taskTypes: number, random: RandomStream): CompatibilityGraph;
  /** Set if servers are somewhere in space, and of neighbouring numbers where they are neighbours. */
  readonly isInSpace?: true;
}

type Built = Omit<GraphFamily, "name">;

/** The radius of a task type's neighbourhood, or its mean number of servers. */
type Reach = { readonly radius: number } | { readonly meanDegree: number };

const reach: Option<Reach> = {
  range: "",
  form: "MEAN_DEGREE|radius=R",
  read: (text) =>
    text.startsWith("radius=")
      ? { radius: positive.read(text.slice("radius=".length)) }
      : { meanDegree: positive.read(text) },
};

const norm: Option<number> = {
  range: "a number >= 1 or infinity",
  read(text) {
    const value = text === "infinity" ? Number.POSITIVE_INFINITY : positive.read(text);
    if (value < 1) throw new UserError("must be at least 1, or infinity");
    return value;
  },
};

const families: readonly Family<Built>[] = [
  family("complete", {}, () => ({ build: completeGraph })),
  family("regular", { degree: whole(1) }, ({ degree }) => ({
    build: (servers, taskTypes, random) => regularGraph(servers, taskTypes, degree, random),
  })),
  family(
    "geometric",
    { meanDegree: reach, dimension: withFallback(whole(1), 2), norm: withFallback(norm, 2) },
    ({ meanDegree: reach, dimension, norm }) => ({
      isInSpace: true,
      build: (servers, taskTypes, random) => {
        const radius = "radius" in reach ? reach.radius : radiusFor(reach.meanDegree, servers, dimension, norm);
        return geometricGraph({ servers, taskTypes, dimension, norm, radius }, random);
      },
    }),
  ),
  family("erdos-renyi", { meanDegree: positive }, ({ meanDegree }) => ({
    build: (servers, taskTypes, random) => erdosRenyiGraph(servers, taskTypes, meanDegree, random),
  })),
  family("ring", {}, () => torus(1)),
  family("torus", { dimension: whole(1) }, ({ dimension }) => torus(dimension)),
  family("file", { file: anyText("PATH") }, ({ file }) => fromFile(file)),
];

/** The syntax of graph families. */
export const GRAPH_RANGE = `${rangeOf(families)}; degrees are those of task types`;

/**
 * Parses a graph family.
 *
 * @param text as in GRAPH_RANGE; for `file:PATH`, the driver appends a line end and the content of the file
 * @throws UserError listing the valid forms
 */
export function parseGraphFamily(text: string): GraphFamily {
  return { name: text.split("\n", 1)[0], ...readMember("graph", families, text) };
}

function torus(dimension: number): Built {
  return {
    isInSpace: true,
    taskTypesFor: (servers) => dimension * servers,
    build: (servers) => torusGraph(servers, dimension),
  };
}

function fromFile(pathAndContent: string): Built {
  const [path] = pathAndContent.split("\n", 1);
  const content = pathAndContent.slice(path.length + 1);
  let latest: CompatibilityGraph | undefined;
  const read = (servers: number): CompatibilityGraph => {
    if (latest?.servers !== servers) latest = readEdgeList(content, servers, undefined, `edge list ${path}`);
    return latest;
  };
  return { taskTypesFor: (servers) => read(servers).taskTypes, build: read };
}
