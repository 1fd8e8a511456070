import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { EXIT } from "../../live/processes/process.js";
import { equipoise } from "../support/equipoise.js";

/** Half as much work again as the servers can do. */
const OVERLOADED = ["--set", "servers=4", "--set", "load=1.5", "--set", "policy=jsq", "--time-unit", "20ms"];
/** Half of them take 1.5 time units exactly. */
const TYPES = ["--set", "sizes=types:1x1x1+1x3x0"];

it.each([
  [1, "type"],
  [2, "type+dispatcher"],
])(
  "%i dispatchers count jobs apart whose clients give up, and overload passes where servers leave these out; times by %s",
  async (dispatchers, percentilesBy) => {
    const json = join(mkdtempSync(join(tmpdir(), "equipoise-")), "result.json");
    const { exitCode, stderr } = await equipoise([
      ...["verify", "fleet", "--live", ...OVERLOADED, ...TYPES, "--set", "timeout=3:abandon=yes"],
      ...["--set", `percentilesBy=${percentilesBy}`],
      ...["--dispatchers", String(dispatchers), "--warmup", "1s", "--duration", "5s", "--json", json],
    ]);
    // Whatever the verdict on so short a run: the machine may be busy.
    expect([EXIT.ok, EXIT.void, EXIT.undecided], stderr).toContain(exitCode);
    const { jobs, quantities } = resultSchema.parse(JSON.parse(readFileSync(json, "utf8")));
    const { offered, completed, timedOut, blocked, lost, inFlight } = jobs ?? expect.fail("there are no books");
    expect(offered).toBe(completed + timedOut + blocked + lost + inFlight);
    expect([blocked, lost]).toEqual([0, 0]);
    // Of 1.5 times the work that can be done a third is left; those that wait past the timeout are held, but not served.
    expect(timedOut).toBeGreaterThan(0.15 * offered);
    expect(inFlight).toBeLessThan(100);
    expect(stderr).not.toContain("the job balance is violated");
    const medianOf = (group: string): number =>
      quantities.find(({ name }) => name === `sojourn_time_p50_${group}`)?.measured ?? Number.NaN;
    expect(medianOf("type_1")).toBeGreaterThan(0);
    expect(medianOf("type_2")).toBeGreaterThan(1.49);
    for (let dispatcher = 0; dispatcher < dispatchers && dispatchers > 1; dispatcher++)
      expect(medianOf(`dispatcher_${dispatcher}`)).toBeGreaterThan(0);
  },
  90_000,
);

it("is refused where a balancer of another make gives up by settings of its own", async () => {
  const { exitCode, stderr } = await equipoise([
    ...["verify", "fleet", "--via", "http://127.0.0.1:9/jobs", "--as", "random", "--set", "timeout=3"],
  ]);
  expect(exitCode).toBe(EXIT.usage);
  expect(stderr).toContain("timeout: a balancer gives up by its own settings");
});
