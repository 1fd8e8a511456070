import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable } from "../measure.js";
import { Peers } from "./peers.js";

/**
 * CPU profile of the saturated dispatcher, by function: `node dist/bench/dispatcher/profile.js [CONNECTIONS]`.
 */

const WINDOW = 2000;
const WARM_UP_MILLISECONDS = 3000;
const PROFILED_MILLISECONDS = 5000;
/** Functions below this fraction of the time are not listed. */
const LEAST_PART = 0.01;

/** The fields of V8's CPU profile that are used here. Times are in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Non-idle microseconds by function, in the last part of a profile. */
function timesOf({ nodes, samples, timeDeltas }: CpuProfile, lastMicroseconds: number): Map<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName} ${callFrame.url.split("/").slice(-2).join("/")}`.trim(),
    ]),
  );
  const times = new Map<string, number>();
  for (let i = samples.length - 1, left = lastMicroseconds; i >= 0 && left > 0; i--) {
    left -= timeDeltas[i];
    const name = names.get(samples[i]) ?? "";
    if (name !== "(idle)") times.set(name, (times.get(name) ?? 0) + timeDeltas[i]);
  }
  return times;
}

const count = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), "equipoise-profile-"));
const settings = [`servers=${count}`, "policy=jsq", "buffer=infinite", "rateControl=fixed", "initialRates=constant:1"];
const script = fileURLToPath(new URL("../../dispatcher/main.js", import.meta.url));
const dispatcher = fork(script, ["--port", "0", "--set", ...settings], {
  execArgv: ["--cpu-prof", "--cpu-prof-interval", "200", `--cpu-prof-dir=${folder}`],
  stdio: ["ignore", "ignore", "ignore", "ipc"],
});
const [{ port }] = (await once(dispatcher, "message")) as [{ port: number }];
const peers = await Peers.connect(port, count);
await peers.saturate(WINDOW, WARM_UP_MILLISECONDS);
await peers.saturate(WINDOW, PROFILED_MILLISECONDS);
peers.close();
dispatcher.kill("SIGTERM");
await once(dispatcher, "exit");
const [file] = readdirSync(folder);
const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
rmSync(folder, { recursive: true });
const times = [...timesOf(profile, 1000 * PROFILED_MILLISECONDS)].sort(([, a], [, b]) => b - a);
const total = times.reduce((sum, [, time]) => sum + time, 0);
const rows = times
  .filter(([, time]) => time > LEAST_PART * total)
  .map(([name, time]) => [name, `${((100 * time) / total).toFixed(1)} %`]);
process.stdout.write(`${markdownTable([`${count} connections`, "of busy time"], rows)}\n`);
