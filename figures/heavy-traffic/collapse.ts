import { parseServiceRates } from "../../model/service-rates.js";
import { jfsqZeroWaiting } from "../../scenarios/jfsq-zero-waiting.js";
import { stateSpaceCollapse } from "../../theory/jfsq-bounds.js";
import type { Figure, FigureOptions, FigureSource, Panel, Progress } from "../figure.js";
import { type StateLook, type StatesInput, states } from "./states.js";

const SERVERS = 500;
const BUFFER = 5;
const RATES = "two-class:0.5,3";
const ALPHAS = [0.45, 0.7];
const PARAMETERS = { servers: String(SERVERS), rates: RATES, buffer: String(BUFFER) };

/** Waiting jobs against idle servers: the picture of state space collapse in Liu and Ying, Figure 4. */
export const collapseFigure: FigureSource = {
  id: "jfsq-zero-waiting/collapse",
  title: "Idle servers and waiting jobs do not come together",
  make,
};

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<Figure> {
  const looks = preview ? 200 : 1500;
  const inputs = ALPHAS.map(
    (alpha): StatesInput => ({
      scenario: jfsqZeroWaiting.name,
      settings: { ...PARAMETERS, alpha: String(alpha) },
      seed: `${seed}/collapse/${alpha}`,
      warmUpTime: 300,
      interval: 2,
      looks,
    }),
  );
  let done = 0;
  const outputs = await runner.map(states, inputs, () => progress(++done / inputs.length));
  return {
    id: collapseFigure.id,
    title: collapseFigure.title,
    source: "Liu and Ying, Figure 4, Lemmas 3 and 4",
    caption:
      `The state of ${SERVERS} servers of two speeds, one three times the other, at ${looks} moments. The lines show where the lemmas ` +
      "confine the state, outside their assumptions: it is to the left of the vertical or below the horizontal line, one of the two. " +
      "Where all states are far to the left of the vertical there are no lines.",
    claim: "either the number of idle servers or the number of waiting jobs is small, but not both are large.",
    parameters: PARAMETERS,
    seed,
    confidence: 0.95,
    panels: ALPHAS.map((alpha, i) => panelOf(alpha, outputs[i])),
    tables: [],
  };
}

function panelOf(alpha: number, looks: readonly StateLook[]): Panel {
  const fleet = { servers: SERVERS, alpha, rates: parseServiceRates(RATES).ofServers(SERVERS, "1"), buffer: BUFFER };
  const { waitingOffset, busyTarget, threshold } = stateSpaceCollapse(fleet, 1);
  const most = {
    waiting: Math.max(1, ...looks.map(({ waitingJobs }) => waitingJobs)),
    idle: Math.max(1, ...looks.map(({ idleServers }) => idleServers)),
  };
  // At most `threshold` waiting jobs above the offset, or at least busyTarget - threshold busy servers.
  const waiting = waitingOffset + threshold;
  const idle = SERVERS - busyTarget + threshold;
  return {
    title: alpha < 0.5 ? `below Halfin-Whitt, alpha = ${alpha}` : `above Halfin-Whitt, alpha = ${alpha}`,
    x: { label: "waiting jobs", unit: "", scale: "linear", min: 0 },
    y: { label: "idle servers", unit: "", scale: "linear", min: 0 },
    series: [
      {
        quantity: "state",
        role: "simulated",
        points: looks.map(({ waitingJobs, idleServers }) => ({ x: waitingJobs, y: idleServers })),
      },
      // Where even the states with the most waiting jobs are far from the vertical line, the lemma says nothing of the picture.
      ...(waiting > 2 * most.waiting
        ? []
        : [
            {
              quantity: "few waiting jobs",
              role: "bound" as const,
              points: [
                { x: waiting, y: 0 },
                { x: waiting, y: most.idle },
              ],
            },
            {
              quantity: "few idle servers",
              role: "bound" as const,
              points: [
                { x: 0, y: idle },
                { x: most.waiting, y: idle },
              ],
            },
          ]),
    ],
  };
}
