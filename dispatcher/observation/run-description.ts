import { randomUUID } from "node:crypto";
import type { Experiment, SystemModel } from "../../experiments/scenario.js";
import type { RunDescription, SystemDescription } from "../../live/http/page-feed.js";
import { VERSION } from "../../live/processes/version.js";

/** The description of a run that the page receives once. */
export function describeRun({
  scenario,
  parameters,
  assumptions,
  system,
}: Experiment): Omit<RunDescription, "controls"> {
  return {
    id: randomUUID(),
    version: VERSION,
    scenario: scenario.name,
    title: scenario.title,
    source: scenario.source,
    summary: scenario.summary,
    parameters: Object.entries(parameters).map(([name, value]) => {
      const { unit, description } = scenario.parameters[name];
      return { name, value, unit, description };
    }),
    claims: scenario.claims,
    assumptions,
    system: describeSystem(system),
    positions: positionsOf(system),
  };
}

function describeSystem({ servers, totalArrivalRate, server, classNames, classOf }: SystemModel): SystemDescription {
  const sizes = classNames.map(() => 0);
  for (let i = 0; i < servers; i++) sizes[classOf(i)]++;
  return {
    totalArrivalRate,
    discipline: server.discipline,
    buffer: Number.isFinite(server.buffer) ? server.buffer : null,
    adaptsRates: server.rateControl.kind !== "fixed",
    classes: classNames.map((name, i) => ({ name, servers: sizes[i] })),
  };
}

function positionsOf({ graph }: SystemModel): RunDescription["positions"] {
  if (graph?.positions === undefined || graph.positions.dimension !== 2) return null;
  const coordinates = Array.from(graph.positions.servers, (value) => Number(value.toFixed(4)));
  return { x: coordinates.filter((_, i) => i % 2 === 0), y: coordinates.filter((_, i) => i % 2 === 1) };
}
