import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { httpTotals } from "../../live/http/http-jobs.js";
import type { Summary } from "../../load-generator/result.js";
import { importLog } from "../../workload/import/import-log.js";
import { freePort, start } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";
import { findProgram, needs, type Program } from "../support/programs.js";

const TIME_UNIT = 0.03;
const SERVERS = 3;
const JOBS = 600;
/** Stamps count in milliseconds. */
const TICK = 0.001;

let folder: string;
let nodes: LiveProcesses;
let proxy: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-proxy-"));
  nodes = new LiveProcesses();
});
afterEach(async () => {
  if (proxy?.kill("SIGTERM")) await new Promise((resolve) => proxy?.once("close", resolve));
  await nodes.end();
  rmSync(folder, { recursive: true });
});

/** Starts a proxy with a configuration. Its standard output is in `log`. */
function startProxy(program: Program, configuration: string, flags: readonly string[]): void {
  writeFileSync(join(folder, "proxy.conf"), configuration);
  const output = openSync(join(folder, "log"), "a");
  proxy = spawn(findProgram(program) ?? "", [...flags], { stdio: ["ignore", output, "ignore"] });
}

function startHaproxy(port: number, servers: readonly number[]): void {
  const lines = servers.map((server, i) => `  server s${i} 127.0.0.1:${server}`);
  const configuration = `
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option dontlognull
  timeout connect 60s
  timeout client 60s
  timeout server 60s
listen jobs
  bind 127.0.0.1:${port}
  balance roundrobin
${lines.join("\n")}
`;
  startProxy("haproxy", configuration, ["-db", "-f", join(folder, "proxy.conf")]);
}

/** nginx as docs/logs.md has it. */
function startNginx(port: number, servers: readonly number[]): void {
  const documented = readFileSync(new URL("../../docs/logs.md", import.meta.url), "utf8");
  const [format] = /log_format timed '.*?';/.exec(documented) ?? [];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`);
  const configuration = `
pid pid;
error_log error;
events {}
http {
  ${temporary.join(" ")}
  ${format}
  access_log log timed;
  upstream nodes { ${servers.map((server) => `server 127.0.0.1:${server};`).join(" ")} }
  server { listen 127.0.0.1:${port}; location / { proxy_set_header Host $host; proxy_pass http://nodes; } }
}
`;
  startProxy("nginx", configuration, ["-p", folder, "-c", "proxy.conf", "-e", "error", "-g", "daemon off;"]);
}

/** Sends jobs through a proxy to servers of speed 1, and holds what its log tells to what they did. */
async function compare(
  context: TestContext,
  format: "haproxy" | "nginx",
  startIt: (port: number, servers: readonly number[]) => void,
): Promise<void> {
  const law = ["--rate-control", "fixed", "--initial-rates", "constant:1", "--buffer", "3"];
  const servers = ["--servers", String(SERVERS), "--time-unit", `${TIME_UNIT * 1000}ms`, ...law];
  const node = nodes.start("server-node/main.js", ["--http-port", "0", ...servers]);
  const said = await node.says(/take jobs on ports [\d, ]+/);
  const ports = (/on ports ([\d, ]+)/.exec(said)?.[1] ?? "").split(", ").map(Number);
  const port = await freePort();
  startIt(port, ports);
  const generator = start("load-generator/main.js", [
    ...["--via", `http://127.0.0.1:${port}/jobs`, "--time-unit", `${TIME_UNIT * 1000}ms`, "--output", "json"],
    ...["--arrival-rate", String(0.7 * SERVERS), "--jobs", String(JOBS)],
  ]);
  const { stdout, stderr } = await generator.ended;
  const sent = JSON.parse(stdout) as Summary;
  const { servers: known } = httpTotals.parse(await (await fetch(`http://127.0.0.1:${ports[0]}/totals`)).json());
  const found = await importLog({
    ...{ file: join(folder, "log"), format, form: {}, folder, seed: "1", progress: () => undefined },
  });
  found.jobs.remove();
  // Whatever the machine is busy with, nothing is lost, and every server is found.
  expect(found.malformed, stderr).toEqual({ count: 0, first: undefined });
  expect(found.intake.entries).toBe(JOBS);
  expect(found.intake.servers).toHaveLength(SERVERS);
  expect(sent.jobs).toMatchObject({ lost: 0, underWay: 0 });
  expect(sent.jobs.blocked).toBeGreaterThan(0);
  expect(found.intake.unserved).toBe(sent.jobs.blocked);
  const transit = sent.seconds.transit ?? { mean: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  // A job overtakes another of its server only if the messages of one of them take longer than the ticks that are allowed for.
  if (found.identification.kind !== "identified" && transit.max > 2 * TICK)
    context.skip(
      `no comparison: messages took ${transit.max} s at the longest; ${JSON.stringify(found.identification)}`,
    );
  expect(found.identification).toMatchObject({ kind: "identified" });
  const busy = known.reduce((sum, { totals }) => sum + totals.busyTime, 0);
  const completed = known.reduce((sum, { totals }) => sum + totals.completed, 0);
  expect(completed).toBe(sent.jobs.completed);
  // Both ends of a service time may be off by what messages take; that jobs are sent late does not matter.
  expect(Math.abs(found.summary.meanWork().value - (busy / completed) * TIME_UNIT)).toBeLessThan(
    2 * transit.mean + TICK,
  );
  expect(found.summary.rate().value / (JOBS / sent.measuredSeconds)).toBeCloseTo(1, 1);
}

describe("a log that was written in front of our server nodes", () => {
  it("by HAProxy tells what they did", needs("haproxy"), (context) => compare(context, "haproxy", startHaproxy));

  it("by nginx, configured as documented, tells what they did", needs("nginx"), (context) =>
    compare(context, "nginx", startNginx),
  );
});
