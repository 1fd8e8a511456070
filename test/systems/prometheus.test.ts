import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askPrometheus } from "../../cli/promql.js";
import { resultSchema } from "../../cli/result.js";
import { equipoise, eventually, freePort, processesWith, type Running, start } from "../support/equipoise.js";
import { needs } from "../support/programs.js";

const run = promisify(execFile);
const CONFIGURATION = fileURLToPath(new URL("../../dashboards/prometheus", import.meta.url));
const EXIT_CODES = { agrees: 0, differs: 1, void: 3, undecided: 4 };

describe("the rules of Prometheus", needs("promtool"), () => {
  it("record and alert as their own tests say", async () => {
    await run("promtool", ["test", "rules", "rules.test.yml"], { cwd: CONFIGURATION });
  });

  it.each(["prometheus.yml", "prometheus.static.yml", "prometheus.compose.yml", "prometheus.tls.yml"])(
    "%s is valid",
    async (file) => {
      const { stdout } = await run("promtool", ["check", "config", file], { cwd: CONFIGURATION });
      expect(stdout).toContain("is valid prometheus config file syntax");
    },
  );
});

describe("equipoise up --prometheus", needs("prometheus"), () => {
  const seed = `prometheus-${process.pid}`;
  let system: Running;
  let prometheus: string;
  let dispatcher: string;

  beforeAll(async () => {
    const [port, dispatcherPort] = [await freePort(), await freePort()];
    prometheus = `http://127.0.0.1:${port}`;
    dispatcher = `http://127.0.0.1:${dispatcherPort}`;
    const flags = ["--set", "servers=8", "--processes", "2", "--time-unit", "20ms", "--warmup", "2s", "--seed", seed];
    system = start("cli/main.js", [
      ...["up", "rate-scaling", ...flags],
      ...["--port", String(dispatcherPort), "--prometheus", String(port)],
    ]);
    // The last of all to come: ends of intervals of every quantity, and enough of rates.
    await eventually(async () => {
      const ends = await askPrometheus(prometheus, "count(equipoise_measured_low)").catch(() => []);
      const scraped = await askPrometheus(prometheus, "min(count_over_time(equipoise_server_service_rate[1m]))").catch(
        () => [],
      );
      return ends[0]?.samples[0]?.value === 15 && (scraped[0]?.samples[0]?.value ?? 0) > 20 ? true : undefined;
    });
  });
  afterAll(async () => {
    system.process.kill("SIGINT");
    await system.ended;
    await eventually(async () => processesWith(seed).length === 0 || undefined);
    await expect(askPrometheus(prometheus, "up")).rejects.toThrow("no Prometheus answers");
  });

  it("keeps the dispatcher's page of metrics within a few hundred series", async () => {
    const page = await (await fetch(`${dispatcher}/metrics`)).text();
    expect(page.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length).toBeLessThan(400);
  });

  it("lets verify judge the run from metrics alone, as the dispatcher itself does", async () => {
    const flags = ["--prometheus", prometheus, "--window", "1m", "--json", "-"];
    const { exitCode, stdout, stderr } = await equipoise(["verify", "rate-scaling", ...flags]);
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(stderr).toContain("mean_service_rate");
    expect(exitCode).toBe(EXIT_CODES[result.verdict ?? "void"]);
    expect(result.seed).toBe(seed);
    expect(result.parameters.servers).toBe("8");
    const state = (await (await fetch(`${dispatcher}/api/state`)).json()) as { quantities: typeof result.quantities };
    expect(result.quantities.find(({ name }) => name === "mean_service_rate")?.ciLow).not.toBeNull();
    for (const { name, ciLow, ciHigh } of result.quantities) {
      const own = state.quantities.find((quantity) => quantity.name === name);
      // Two intervals of the same run: they differ in where epochs begin and end, and have to overlap.
      expect.soft(ciLow ?? Number.NEGATIVE_INFINITY, name).toBeLessThanOrEqual(own?.ciHigh ?? Number.POSITIVE_INFINITY);
      expect
        .soft(ciHigh ?? Number.POSITIVE_INFINITY, name)
        .toBeGreaterThanOrEqual(own?.ciLow ?? Number.NEGATIVE_INFINITY);
    }
  });

  it("says it where what is asked for is not what runs", async () => {
    const ask = (scenario: string, ...flags: string[]) =>
      equipoise(["verify", scenario, "--prometheus", prometheus, ...flags]);
    const other = await ask("rate-scaling", "--set", "servers=9");
    expect(other.stderr).toContain("--set servers=9: the dispatcher runs with servers=8");
    expect(other.exitCode).toBe(2);
  });
});

describe("wrong use gets one clear line and exit code 2, and nothing is left running", () => {
  it("no Prometheus at the URL", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { exitCode, stderr } = await equipoise(["verify", "rate-scaling", "--prometheus", url]);
    expect(stderr).toMatch(/^equipoise: no Prometheus answers at .* \(connect ECONNREFUSED .*\)\n$/);
    expect(exitCode).toBe(2);
  });

  it("a port for Prometheus that is taken", needs("prometheus"), async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => occupant.once("listening", resolve));
    const { port } = occupant.address() as { port: number };
    const seed = `prometheus-taken-${process.pid}`;
    const { exitCode, stderr } = await equipoise(["up", "--seed", seed, "--port", "0", "--prometheus", String(port)]);
    occupant.close();
    expect(stderr).toContain(`--prometheus ${port}: the port is taken; choose another, e.g. --prometheus ${port + 1}`);
    expect(exitCode).toBe(2);
    expect(processesWith(seed)).toEqual([]);
  });

  it("no Prometheus installed", async () => {
    const { exitCode, stderr } = await equipoise(["up", "--port", "0", "--prometheus"], undefined, {
      PATH: "/nowhere",
    });
    expect(stderr).toContain("prometheus is not installed");
    expect(exitCode).toBe(2);
  });
});

describe("equipoise verify fleet --prometheus", needs("prometheus"), () => {
  it("has percentiles from buckets of times, of all jobs and of each type", async () => {
    const [port, dispatcherPort] = [await freePort(), await freePort()];
    const set = ["servers=4", "policy=random", "load=0.5", "sizes=types:1x1x1+1x3x0", "slo=2", "percentilesBy=type"];
    const system = start("cli/main.js", [
      ...["up", "fleet", ...set.flatMap((setting) => ["--set", setting]), "--time-unit", "20ms", "--warmup", "1s"],
      ...["--port", String(dispatcherPort), "--prometheus", String(port)],
    ]);
    try {
      const url = `http://127.0.0.1:${port}`;
      await eventually(() => askPrometheus(url, "up").catch(() => undefined));
      const flags = ["--prometheus", url, "--window", "15s", "--json", "-"];
      const { stdout } = await equipoise(["verify", "fleet", ...flags]);
      const { quantities } = resultSchema.parse(JSON.parse(stdout));
      const found = (name: string) => quantities.find((one) => one.name === name) ?? expect.fail(`${name} is missing`);
      for (const name of ["sojourn_time_p50", "sojourn_time_p99", "waiting_time_p90", "sojourn_over_slo"]) {
        for (const group of ["", "_type_1", "_type_2"]) {
          const { measured, ciLow, predictions } = found(name + group);
          expect(measured, name + group).toBeGreaterThan(0);
          expect(ciLow, name + group).not.toBeNull();
          expect(predictions[0]?.kind, name + group).toBe("exact");
        }
      }
      // All of them take 1.5 time units, known to the width of a bucket.
      expect(found("sojourn_time_p50_type_2").measured).toBeGreaterThanOrEqual(1.5);
      const [median] = await askPrometheus(
        url,
        'histogram_quantile(0.5, sum by (le) (rate(equipoise_time_at_server_seconds_bucket{jobs="type_2"}[15s])))',
      );
      expect(median.samples[0].value).toBeGreaterThanOrEqual(1.5 * 0.02);
      const page = await (await fetch(`http://127.0.0.1:${dispatcherPort}/metrics`)).text();
      expect(page.split("\n").filter((line) => /^equipoise_[^{]*_bucket/.test(line)).length).toBeLessThan(3 * 400);
    } finally {
      system.process.kill("SIGINT");
      await system.ended;
    }
  });
});
