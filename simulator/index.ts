// What a program may use of the package: `import { simulate } from "equipoise"`.
export { scenarioNamed, scenarios } from "../scenarios/index.js";
export { conformance, type Finding } from "./conformance.js";
export { type SimulationInput, type SimulationOutput, simulate } from "./simulation.js";
