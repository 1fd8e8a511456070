import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, type TestContext } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";
import { findProgram, needs } from "../support/programs.js";

const EXAMPLE = fileURLToPath(new URL("../../examples/fleet/", import.meta.url));
const FLEET = join(EXAMPLE, "fleet.yaml");
/** As long a unit as a busy machine needs, and so confident intervals that few true values are outside in so short a run. */
const SHORT = ["--time-unit", "60ms", "--duration", "8s", "--confidence", "0.9999"];

/** A balancer as the example configures it, but for its ports. */
interface Balancer {
  readonly file: string;
  readonly documentedPort: number;
  readonly port: number;
  readonly firstPort: number;
  flags(configuration: string, folder: string): string[];
}

const BALANCERS: Readonly<Record<"haproxy" | "nginx", Balancer>> = {
  haproxy: {
    ...{ file: "haproxy.cfg", documentedPort: 8080, port: 9740, firstPort: 9741 },
    flags: (configuration) => ["-db", "-f", configuration],
  },
  nginx: {
    ...{ file: "nginx.conf", documentedPort: 8081, port: 9760, firstPort: 9761 },
    flags: (configuration, folder) => ["-p", folder, "-c", configuration, "-e", "stderr"],
  },
};

let running: ChildProcess | undefined;
let folder: string | undefined;
afterEach(async () => {
  if (running?.kill("SIGTERM")) await new Promise((resolve) => running?.once("close", resolve));
  running = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

/** Starts the balancer of the example, on ports of its own. Returns its URL. */
function startBalancer(name: keyof typeof BALANCERS): string {
  const { file, documentedPort, port, firstPort, flags } = BALANCERS[name];
  folder = mkdtempSync(join(tmpdir(), "equipoise-fleet-"));
  const configuration = join(folder, file);
  const documented = readFileSync(join(EXAMPLE, file), "utf8");
  expect(documented).toContain(`127.0.0.1:${documentedPort}`);
  expect(documented).toContain("127.0.0.1:9012");
  const withPorts = documented
    .replace(/127\.0\.0\.1:90(\d\d)/g, (_, server) => `127.0.0.1:${firstPort - 1 + Number(server)}`)
    .replace(`127.0.0.1:${documentedPort}`, `127.0.0.1:${port}`);
  writeFileSync(configuration, withPorts);
  running = spawn(findProgram(name) ?? "", flags(configuration, folder), { stdio: "ignore" });
  return `http://127.0.0.1:${port}/jobs`;
}

async function tableOf(flags: readonly string[]): Promise<Result> {
  const { stdout, stderr } = await equipoise([...flags, "--fleet", FLEET, "--json", "-"]);
  expect(stdout, stderr).not.toBe("");
  return resultSchema.parse(JSON.parse(stdout));
}

/** Of a simulation. */
let simulated: Promise<Result> | undefined;

/** Holds the table to that of a simulation: the same rows, and no percentile whose intervals are apart. */
async function compare(context: TestContext, found: Result): Promise<void> {
  simulated ??= tableOf(["simulate", "--duration", "20000u", "--confidence", "0.9999"]);
  const { quantities: expected } = await simulated;
  expect(found.quantities.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  skipIfTooBusy(context, { whyVoid: found.whyVoid, heldUpFraction: found.conditions?.heldUpFraction ?? 0 });
  for (const [i, { name, ciLow, ciHigh, verdict }] of found.quantities.entries()) {
    const { ciLow: low, ciHigh: high } = expected[i];
    expect([name, verdict]).not.toEqual([name, "differs"]);
    if (!/_p\d+$/.test(name)) continue;
    expect(ciLow ?? 0, name).toBeLessThanOrEqual(high ?? Number.POSITIVE_INFINITY);
    expect(ciHigh ?? Number.POSITIVE_INFINITY, name).toBeGreaterThanOrEqual(low ?? 0);
  }
}

describe("the example of a fleet", () => {
  it("has the same table live as simulated", async (context) => {
    await compare(context, await tableOf(["verify", "--live", ...SHORT]));
  });

  for (const name of ["haproxy", "nginx"] as const)
    it(`has the same table behind ${name} as configured for it`, needs(name), async (context) => {
      const { firstPort } = BALANCERS[name];
      const via = ["--via", startBalancer(name), "--as", "jsq", "--first-port", String(firstPort)];
      await compare(context, await tableOf(["verify", ...via, ...SHORT]));
    });
});
