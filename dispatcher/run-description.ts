import { randomUUID } from "node:crypto";
import type { RunDescription } from "../live/page-feed.js";
import { VERSION } from "../live/version.js";
import type { Experiment, SystemModel } from "../scenarios/scenario.js";

/** What the page is told once of what runs. */
export function describeRun({ scenario, parameters, system }: Experiment): Omit<RunDescription, "controls"> {
  return {
    id: randomUUID(),
    version: VERSION,
    scenario: scenario.name,
    title: scenario.title,
    source: scenario.source,
    summary: scenario.summary,
    parameters: Object.entries(scenario.parameters).map(([name, { unit, description }]) => ({
      name,
      value: parameters[name] ?? "",
      unit,
      description,
    })),
    claims: scenario.claims,
    places: placesOf(system),
  };
}

function placesOf({ graph }: SystemModel): RunDescription["places"] {
  if (graph?.places === undefined || graph.places.dimension !== 2) return null;
  const coordinates = Array.from(graph.places.servers, (value) => Number(value.toFixed(4)));
  return { x: coordinates.filter((_, i) => i % 2 === 0), y: coordinates.filter((_, i) => i % 2 === 1) };
}
