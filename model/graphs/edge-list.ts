import { UserError } from "../errors.js";
import { whole } from "../options.js";
import { linesOf, type RecordForm, Records } from "../records.js";
import { type CompatibilityGraph, graphFromTypes } from "./compatibility-graph.js";

/** Maximum number of edges in a list. */
const MOST_LISTED = 10_000_000;
const FORM: RecordForm = {
  header: /^servers?[,;\s]+(task[\s_-]?)?types?$/i,
  form: "a line SERVER,TYPE for each edge, two whole numbers >= 0",
};
const vertex = whole(0, MOST_LISTED);

/**
 * Reads a graph from text: one edge per line, `server,type`, both numbered from 0.
 *
 * @param taskTypes how many there are; undefined for as many as the list names
 * @param name of the list in messages
 * @throws UserError naming the invalid line and vertex: not two numbers, out of range, or a duplicate edge
 */
export function readEdgeList(
  text: string,
  servers: number,
  taskTypes?: number,
  name = "edge list",
): CompatibilityGraph {
  const records = new Records(name, linesOf(text), FORM);
  const lineOf = new Map<number, number>();
  let greatestType = -1;
  for (let fields = records.next(); fields !== undefined; fields = records.next()) {
    if (fields.length !== 2) throw records.fault("is not an edge");
    const [server, type] = [records.read("server", fields[0], vertex), records.read("type", fields[1], vertex)];
    if (server >= servers)
      throw records.fault(`names server ${server}, but ${servers} servers are numbered 0 to ${servers - 1}`);
    if (taskTypes !== undefined && type >= taskTypes)
      throw records.fault(`names task type ${type}, but ${taskTypes} task types are numbered 0 to ${taskTypes - 1}`);
    const key = type * servers + server;
    const earlier = lineOf.get(key);
    if (earlier !== undefined) throw records.fault(`is the same edge as line ${earlier}`);
    lineOf.set(key, records.line);
    greatestType = Math.max(greatestType, type);
    if (lineOf.size > MOST_LISTED) throw records.fault(`is one edge more than the ${MOST_LISTED} that a list may have`);
  }
  if (taskTypes === undefined && greatestType < 0) throw new UserError(`${name}: holds no edges`);
  return graphFromKeys(Float64Array.from(lineOf.keys()).sort(), servers, taskTypes ?? greatestType + 1);
}

/** @param keys type * servers + server of every edge, ascending */
function graphFromKeys(keys: Float64Array, servers: number, taskTypes: number): CompatibilityGraph {
  const degrees = new Int32Array(taskTypes);
  const members = Int32Array.from(keys, (key) => key % servers);
  for (const key of keys) degrees[Math.floor(key / servers)]++;
  return graphFromTypes(servers, degrees, members);
}
