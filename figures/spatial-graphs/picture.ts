import { SpatialChain } from "../../simulator/spatial-chain.js";
import { graphOf, type SpatialRunInput } from "../../simulator/spatial-run.js";
import type { Figure, FigureOptions, FigureSource, Panel, Series } from "../figure.js";
import { ARRIVAL_RATE, BASE, CHOICES, CONFIDENCE, PAPER, PARAMETERS } from "./experiment.js";

const SERVERS = 900;
const TIME = 300;
const DEGREES = [
  { title: "mean degree ln N", of: Math.log(SERVERS) },
  { title: "mean degree (ln N)^2", of: Math.log(SERVERS) ** 2 },
] as const;
/** The last class holds all that are longer. */
const CLASSES = ["idle", "1 job", "2 jobs", "3 jobs", "4 to 5 jobs", "6 jobs and more"] as const;
const LEAST_JOBS = [0, 1, 2, 3, 4, 6] as const;

/** Where congestion sits: servers of geometric graphs in the plane, by their queues at one moment. */
export const pictureFigure: FigureSource = {
  id: "spatial-graphs/places",
  title: "Queues where they stand on a geometric graph",
  async make({ seed }: FigureOptions, progress): Promise<Figure> {
    const panels = DEGREES.map(({ title, of: degree }, index) => {
      const panel = panelOf(title, degree, `${seed}/${pictureFigure.id}`);
      progress((index + 1) / DEGREES.length);
      return panel;
    });
    return {
      id: pictureFigure.id,
      title: pictureFigure.title,
      source: `${PAPER}, Definition 3.3`,
      caption: `${SERVERS} servers at their places on the torus, ${TIME} time units from empty, by the jobs that they hold; simulated.`,
      claim:
        "with few servers in reach of each task type long queues stand together, where types outnumber servers; with more the load " +
        "spreads, and long queues are rare everywhere.",
      parameters: { ...PARAMETERS, servers: String(SERVERS) },
      seed,
      confidence: CONFIDENCE,
      panels,
      tables: [],
    };
  },
};

function panelOf(title: string, degree: number, seed: string): Panel {
  const input: SpatialRunInput = {
    ...BASE,
    kind: "geometric",
    servers: SERVERS,
    degree,
    seed,
    warmUpTime: TIME,
    measuringTime: 0,
  };
  const graph = graphOf(input);
  const chain = new SpatialChain({ graph, arrivalRate: ARRIVAL_RATE, choices: CHOICES, replacement: true, seed });
  chain.runUntil(TIME);
  const places = graph.places?.servers ?? new Float64Array();
  const series = CLASSES.map((quantity): Series => ({ quantity, role: "simulated", points: [] }));
  const points = series.map((): { x: number; y: number }[] => []);
  for (let server = 0; server < SERVERS; server++) {
    const jobs = chain.queueLength(server);
    const place = { x: places[2 * server], y: places[2 * server + 1] };
    points[LEAST_JOBS.findLastIndex((least) => jobs >= least)].push(place);
  }
  const axis = (label: string) => ({ label, unit: "", scale: "linear", min: 0, max: 1 }) as const;
  return {
    title,
    x: axis("first coordinate"),
    y: axis("second coordinate"),
    series: series.map((one, index) => ({ ...one, points: points[index] })),
  };
}
