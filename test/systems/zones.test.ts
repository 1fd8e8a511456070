import { expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { EXIT } from "../../live/processes/process.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";

const FLEET = [
  ...["--set", "classes=3x1:zone=east,3x1:zone=west", "--set", "policy=jsq", "--set", "load=0.6"],
  ...["--set", "delay=constant:0.02;east-west=constant:0.4"],
];

it.for([
  [1, "east"],
  [2, "east,west"],
] as const)(
  "%i dispatchers in %s are as far from the servers as asked for, which is no lateness",
  { timeout: 120_000 },
  async ([dispatchers, zones], context) => {
    const { exitCode, stdout, stderr } = await equipoise([
      ...["verify", "fleet", "--live", ...FLEET, "--set", `dispatcherZones=${zones}`, "--processes", "4"],
      ...["--dispatchers", String(dispatchers), "--time-unit", "100ms", "--duration", "12s", "--json", "-"],
    ]);
    expect([EXIT.ok, EXIT.void, EXIT.undecided, EXIT.differs], stderr).toContain(exitCode);
    const { conditions, quantities, jobs, whyVoid } = resultSchema.parse(JSON.parse(stdout));
    const { messageDelay = 0, askedDelay = 0, heldUpFraction = 0 } = conditions ?? {};
    expect(jobs?.lost).toBe(0);
    // There and back, near or far: what is between depends on who gets the jobs.
    expect(askedDelay).toBeGreaterThan(0.04);
    expect(askedDelay).toBeLessThan(0.8);
    expect(messageDelay).toBeGreaterThan(askedDelay);
    skipIfTooBusy(context, { whyVoid, heldUpFraction });
    const share = (server: number): number =>
      quantities.find(({ name }) => name === `server_share_${server}`)?.measured ?? Number.NaN;
    const far = share(3) + share(4) + share(5);
    if (dispatchers === 1) {
      expect(askedDelay).toBeCloseTo(0.04 * (1 - far) + 0.8 * far, 1);
      expect(far).toBeLessThan(0.5);
    }
    expect(quantities.filter(({ verdict }) => verdict === "differs").map(({ name }) => name)).toEqual([]);
  },
);
