import { parseServiceRates } from "../../model/service-rates.js";
import { jfsqZeroWaiting } from "../../scenarios/jfsq-zero-waiting/index.js";
import { stateSpaceCollapse } from "../../theory/heavy-traffic/jfsq-bounds.js";
import { counter, type FigureContent, type FigureOptions, figureSource, type Panel, type Progress } from "../figure.js";
import { type StateSample, type StatesInput, states } from "../sampled-states.js";

const SERVERS = 500;
const BUFFER = 5;
const RATES = "two-class:0.5,3";
const ALPHAS = [0.45, 0.7];
const PARAMETERS = { servers: String(SERVERS), rates: RATES, buffer: String(BUFFER) };

/** Waiting jobs against idle servers: the picture of state space collapse in Liu and Ying (2025), Figure 4. */
export const collapseFigure = figureSource(
  "jfsq-zero-waiting/collapse",
  "Idle servers and waiting jobs do not occur together",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const samples = preview ? 200 : 1500;
  const inputs = ALPHAS.map(
    (alpha): StatesInput => ({
      scenario: jfsqZeroWaiting.name,
      settings: { ...PARAMETERS, alpha: String(alpha) },
      seed: `${seed}/collapse/${alpha}`,
      warmUpTime: 300,
      interval: 2,
      samples,
    }),
  );
  const outputs = await runner.map(states, inputs, counter(inputs.length, progress));
  return {
    source: "Liu and Ying (2025), Figure 4, Lemmas 3 and 4",
    caption:
      `The state of ${SERVERS} servers of two speeds, one three times the other, at ${samples} times. The lines show where the lemmas ` +
      "confine the state, outside their assumptions: to the left of the vertical or below the horizontal line. " +
      "Lines are omitted where all states are far to the left of the vertical.",
    claim: "the number of idle servers and the number of waiting jobs are not both large.",
    parameters: PARAMETERS,
    panels: ALPHAS.map((alpha, i) => panelOf(alpha, outputs[i])),
    tables: [],
  };
}

function panelOf(alpha: number, samples: readonly StateSample[]): Panel {
  const fleet = { servers: SERVERS, alpha, rates: parseServiceRates(RATES).ofServers(SERVERS, "1"), buffer: BUFFER };
  const { waitingOffset, busyTarget, threshold } = stateSpaceCollapse(fleet, 1);
  const most = {
    waiting: Math.max(1, ...samples.map(({ waitingJobs }) => waitingJobs)),
    idle: Math.max(1, ...samples.map(({ idleServers }) => idleServers)),
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
        points: samples.map(({ waitingJobs, idleServers }) => ({ x: waitingJobs, y: idleServers })),
      },
      // If even the states with most waiting jobs are far from the vertical line, the lemma does not restrict them.
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
