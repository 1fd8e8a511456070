import type { CompatibilityGraph } from "../../model/graphs/compatibility-graph.js";
import { erdosRenyiGraph } from "../../model/graphs/erdos-renyi.js";
import { geometricGraph, radiusFor } from "../../model/graphs/geometric.js";
import { type RandomStream, randomStream } from "../../model/random.js";
import { type FigureContent, figureSource, type Panel, type Point, type Series } from "../figure.js";
import { PAPER } from "./experiment.js";

const SERVERS = 100;
const DEGREE = Math.log(SERVERS);
const DIMENSION = 2;

/** What a graph without geometry looks like beside one with it: the same vertices in the plane, and the edges of each. */
export const graphsFigure = figureSource(
  "spatial-graphs/1",
  "A random graph and a geometric one",
  async ({ seed }): Promise<FigureContent> => {
    const random = randomStream(seed, "graphs");
    const sizes = { servers: SERVERS, taskTypes: SERVERS };
    const radius = radiusFor(DEGREE, SERVERS, DIMENSION, 2);
    const geometric = geometricGraph({ ...sizes, dimension: DIMENSION, norm: 2, radius }, random);
    const anywhere = erdosRenyiGraph(SERVERS, SERVERS, DEGREE, random);
    const places = geometric.positions ?? { servers: somewhere(random), taskTypes: somewhere(random) };
    return {
      source: `${PAPER}, Figure 1`,
      caption: `${SERVERS} servers and ${SERVERS} task types at random positions of the torus, and which servers may serve which types; mean degree ln N.`,
      claim:
        "in a geometric graph a task type reaches only servers nearby, so that congestion is local; in the other graph, as sparse, every part " +
        "is connected to every other. The policy comes as close to full flexibility on either, in the limit.",
      parameters: { servers: String(SERVERS), taskTypes: String(SERVERS) },
      panels: [
        panelOf("Erdős–Rényi: edges are independent of positions", anywhere, places),
        panelOf("geometric: edges between neighbours", geometric, places),
      ],
      tables: [],
    };
  },
);

function somewhere(random: RandomStream): Float64Array {
  return Float64Array.from({ length: DIMENSION * SERVERS }, () => random());
}

interface Places {
  readonly servers: Float64Array;
  readonly taskTypes: Float64Array;
}

function panelOf(title: string, graph: CompatibilityGraph, places: Places): Panel {
  const { starts, degrees, members } = graph.serversOf;
  const edges: Series[] = [];
  for (let type = 0; type < graph.taskTypes; type++) {
    const from = pointAt(places.taskTypes, type);
    for (let i = starts[type]; i < starts[type] + degrees[type]; i++) {
      const to = pointAt(places.servers, members[i]);
      for (const points of linesBetween(from, to))
        edges.push({ quantity: "edge", role: "simulated", mark: "line", points });
    }
  }
  const vertices = (quantity: string, coordinates: Float64Array): Series => ({
    ...{ quantity, role: "simulated", mark: "points" },
    points: Array.from({ length: SERVERS }, (_, vertex) => pointAt(coordinates, vertex)),
  });
  const axis = (label: string) => ({ label, unit: "", scale: "linear", min: 0, max: 1 }) as const;
  return {
    title,
    x: axis("first coordinate"),
    y: axis("second coordinate"),
    series: [...edges, vertices("task type", places.taskTypes), vertices("server", places.servers)],
  };
}

function pointAt(coordinates: Float64Array, vertex: number): Point {
  return { x: coordinates[DIMENSION * vertex], y: coordinates[DIMENSION * vertex + 1] };
}

/** The shortest line between two points of the torus; where it crosses the border of the picture, its parts at both ends. */
function linesBetween(from: Point, to: Point): Point[][] {
  const shift = { x: Math.round(from.x - to.x), y: Math.round(from.y - to.y) };
  if (shift.x === 0 && shift.y === 0) return [[from, to]];
  return [
    [from, borderTowards(from, { x: to.x + shift.x, y: to.y + shift.y })],
    [borderTowards(to, { x: from.x - shift.x, y: from.y - shift.y }), to],
  ];
}

/** Where the line from a point in the unit square to one outside crosses its border. */
function borderTowards({ x, y }: Point, outside: Point): Point {
  const part = Math.min(partInside(x, outside.x), partInside(y, outside.y));
  // Rounding must not put it outside.
  const within = (coordinate: number): number => Math.min(1, Math.max(0, coordinate));
  return { x: within(x + part * (outside.x - x)), y: within(y + part * (outside.y - y)) };
}

function partInside(from: number, to: number): number {
  if (to > 1) return (1 - from) / (to - from);
  return to < 0 ? from / (from - to) : 1;
}
