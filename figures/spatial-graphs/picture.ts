import { SpatialChain } from "../../simulator/spatial-chain.js";
import { graphOf, type SpatialSystem } from "../../simulator/spatial-run.js";
import { type FigureContent, figureSource, type Panel, type Series } from "../figure.js";
import { OF_PAPER, ofServers, PAPER, parametersOf } from "./experiment.js";

const SERVERS = 900;
const TIME = 300;
const DEGREES = [
  { title: "mean degree ln N", of: Math.log(SERVERS) },
  { title: "mean degree (ln N)^2", of: Math.log(SERVERS) ** 2 },
] as const;
/** The last class includes all longer queues. */
const CLASSES = ["idle", "1 job", "2 jobs", "3 jobs", "4 to 5 jobs", "6 or more jobs"] as const;
const LEAST_JOBS = [0, 1, 2, 3, 4, 6] as const;

/** Where congestion is: servers of geometric graphs in the plane, by queue length at one time. */
export const pictureFigure = figureSource(
  "spatial-graphs/places",
  "Queues by position on a geometric graph",
  async ({ seed }, progress): Promise<FigureContent> => {
    const panels = DEGREES.map(({ title, of: degree }, index) => {
      const panel = panelOf(title, degree, `${seed}/${pictureFigure.id}`);
      progress((index + 1) / DEGREES.length);
      return panel;
    });
    return {
      source: `${PAPER}, Definition 3.3`,
      caption: `${SERVERS} servers at their positions on the torus, by number of jobs, ${TIME} time units after an empty start; simulated.`,
      claim:
        "with few servers within reach of each task type, long queues cluster where types outnumber servers; with more, the load " +
        "spreads, and long queues are rare everywhere.",
      parameters: { ...parametersOf(OF_PAPER), servers: String(SERVERS) },
      panels,
      tables: [],
    };
  },
);

function panelOf(title: string, degree: number, seed: string): Panel {
  const system: SpatialSystem = { ...ofServers(OF_PAPER, SERVERS), kind: "geometric", degree, seed };
  const graph = graphOf(system);
  const chain = new SpatialChain({ ...system, graph });
  chain.runUntil(TIME);
  const positions = graph.positions?.servers ?? new Float64Array();
  const series = CLASSES.map((quantity): Series => ({ quantity, role: "simulated", points: [] }));
  const points = series.map((): { x: number; y: number }[] => []);
  for (let server = 0; server < SERVERS; server++) {
    const jobs = chain.queueLength(server);
    const place = { x: positions[2 * server], y: positions[2 * server + 1] };
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
