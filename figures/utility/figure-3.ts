import { parseUtilities } from "../../model/utility-functions.js";
import { optimalAssignment, optimalOccupancy, type PoolClasses } from "../../theory/utility/optimal-assignment.js";
import { type FigureContent, figureSource, type Panel, type Table } from "../figure.js";
import { evenTimes } from "./averages.js";

const FRACTIONS = [0.5, 0.25, 0.25];
const SETS = [
  { side: "left", utilities: "log-share:5/log-share:10/log-share:15" },
  { side: "right", utilities: "linear:1/quadratic:2,0.05/piecewise-linear:1.5@20,0" },
] as const;
const GREATEST_LOAD = 12;
const POINTS = 240;

/** The optimal assignments of Figure 3: exact, without simulation. */
export const figureThree = figureSource(
  "utility/3",
  "Optimal distribution of the load over the classes of pools",
  async (_, progress): Promise<FigureContent> => {
    progress(1);
    return {
      source: "Goldsztajn, Borst and van Leeuwaarden (2023), Figure 3",
      caption:
        "Mean number of tasks per pool of each class as the load grows, in the optimal assignment (4), which fills " +
        "the coordinates in order of rank. alpha = (1/2, 1/4, 1/4).",
      claim:
        "left, u_i(x) = x log(r_i/x) with r = (5, 10, 15): occupancies are proportional to r. Right, u_1 = x, " +
        "u_2 = 2x - x^2/20, u_3 = min(3x/2, 30): only class 2 grows up to 1.25, only class 3 up to 6.25, only class 1 beyond 7.5.",
      parameters: { fractions: FRACTIONS.join(",") },
      panels: SETS.map(panelOf),
      tables: SETS.map(tableOf),
    };
  },
);

function classesOf(utilities: string): PoolClasses {
  return { utilities: parseUtilities(utilities), fractions: FRACTIONS };
}

/** Mean number of tasks per pool of each class. */
function tasksByClass(classes: PoolClasses, load: number): number[] {
  const assignment = optimalAssignment(classes, load);
  return classes.fractions.map((fraction, i) => {
    const partial = optimalOccupancy(classes, assignment, i, assignment.fullLevels[i] + 1);
    return assignment.fullLevels[i] + partial / fraction;
  });
}

function panelOf({ side, utilities }: (typeof SETS)[number]): Panel {
  const classes = classesOf(utilities);
  const loads = evenTimes(GREATEST_LOAD, POINTS);
  const tasks = loads.map((load) => tasksByClass(classes, load));
  return {
    title: side,
    x: { label: "load rho", unit: "tasks per pool", scale: "linear", min: 0, max: GREATEST_LOAD },
    y: { label: "tasks per pool of the class", unit: "", scale: "linear", min: 0 },
    series: classes.utilities.map(({ name }, i) => ({
      quantity: `class ${i + 1}: ${name}`,
      role: "exact" as const,
      points: loads.map((x, k) => ({ x, y: tasks[k][i] })),
    })),
  };
}

function tableOf({ side, utilities }: (typeof SETS)[number]): Table {
  const classes = classesOf(utilities);
  const rows = [1.25, 2.5, 5, 6.25, 7.5, 10].map((load) => {
    const { rank, partialClass, partialLevel, partialFraction, fullLevels, utility } = optimalAssignment(classes, load);
    const sigma = `(${partialClass + 1}, ${partialLevel})`;
    return [load, ...fullLevels, sigma, Number(partialFraction.toFixed(6)), rank, Number(utility.toFixed(6))];
  });
  return {
    title: `Figure 3, ${side}: the assignments`,
    columns: ["rho", "full levels of class 1", "of class 2", "of class 3", "sigma*", "q*(sigma*)", "r*", "u*(rho)"],
    rows,
  };
}
