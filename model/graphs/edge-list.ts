import { UserError } from "../errors.js";
import { type CompatibilityGraph, graphFromTypes } from "./compatibility-graph.js";

/** Edges that a list may have. */
const MOST_LISTED = 10_000_000;
const EDGE = /^\s*(\d+)\s*[,;\s]\s*(\d+)\s*$/;
const HEADER = /^\s*servers?\s*[,;\s]\s*(?:task[\s_-]?)?types?\s*$/i;

/**
 * Reads a graph from text: one edge a line, `server,type`, both numbered from 0. A first line `server,type`, empty lines and
 * lines that begin with # are skipped.
 *
 * @param name what the list is called in messages
 * @throws UserError naming the line and the vertex that is wrong: not two numbers, out of range, or an edge that is there twice
 */
export function readEdgeList(text: string, servers: number, taskTypes: number, name = "edge list"): CompatibilityGraph {
  const lineOf = new Map<number, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#") || (lineOf.size === 0 && HEADER.test(line))) continue;
    const edge = EDGE.exec(line);
    const fault = (what: string): UserError => new UserError(`${name}, line ${index + 1}: ${what}`);
    if (edge === null)
      throw fault(`"${line.trim().slice(0, 40)}" is not an edge: write SERVER,TYPE, two whole numbers >= 0`);
    const [server, type] = [Number(edge[1]), Number(edge[2])];
    if (server >= servers)
      throw fault(`there is no server ${server}: ${servers} servers are numbered 0 to ${servers - 1}`);
    if (type >= taskTypes) {
      throw fault(`there is no task type ${type}: ${taskTypes} task types are numbered 0 to ${taskTypes - 1}`);
    }
    const key = type * servers + server;
    const earlier = lineOf.get(key);
    if (earlier !== undefined) {
      throw fault(`the edge between server ${server} and task type ${type} was already on line ${earlier}`);
    }
    lineOf.set(key, index + 1);
    if (lineOf.size > MOST_LISTED) throw fault(`more than ${MOST_LISTED} edges`);
  }
  return graphFromKeys(Float64Array.from(lineOf.keys()).sort(), servers, taskTypes);
}

/** @param keys type * servers + server of every edge, in rising order */
function graphFromKeys(keys: Float64Array, servers: number, taskTypes: number): CompatibilityGraph {
  const degrees = new Int32Array(taskTypes);
  const members = Int32Array.from(keys, (key) => key % servers);
  for (const key of keys) degrees[Math.floor(key / servers)]++;
  return graphFromTypes(servers, degrees, members);
}
