import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { UserError } from "../model/errors.js";

const CONFIGURATION = fileURLToPath(new URL("../../dashboards/prometheus", import.meta.url));

/** A Prometheus on the loopback interface that scrapes one live system and stops with it. */
export class LocalPrometheus {
  private targets = "";

  private constructor(
    private readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it without targets. Throws UserError, and leaves nothing behind, if it is not installed or its port is taken. */
  static async start(port: number): Promise<LocalPrometheus> {
    await checkInstalled();
    await checkFree(port);
    const folder = mkdtempSync(join(tmpdir(), "equipoise-prometheus-"));
    cpSync(CONFIGURATION, folder, { recursive: true });
    mkdirSync(join(folder, "targets"), { recursive: true });
    const flags = [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ];
    const child = spawn("prometheus", flags, { stdio: ["ignore", "ignore", "inherit"] });
    return new LocalPrometheus(port, folder, child);
  }

  /** Updates the scrape targets, the dispatcher and its nodes, if they have changed. */
  follow(dispatcherUrl: string, { nodes }: DispatcherState): void {
    const addressOf = (url: string): string => new URL(url).host;
    const pages = nodes.flatMap(({ metricsUrl }) => (metricsUrl === null ? [] : [addressOf(metricsUrl)]));
    const targets = JSON.stringify([{ targets: pages }]);
    if (targets === this.targets) return;
    this.targets = targets;
    this.write("nodes", targets);
    this.write("dispatcher", JSON.stringify([{ targets: [addressOf(dispatcherUrl)] }]));
  }

  /** Stops it and removes its data. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGTERM");
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes under a temporary name first, so that Prometheus never reads half a file. */
  private write(name: string, text: string): void {
    const file = join(this.folder, "targets", `${name}.json`);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
}

async function checkInstalled(): Promise<void> {
  try {
    await promisify(execFile)("prometheus", ["--version"]);
  } catch {
    throw new UserError(
      "--prometheus: prometheus is not installed; install it (Debian: apt install prometheus), or omit the flag",
    );
  }
}

async function checkFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", () =>
      reject(new UserError(`--prometheus ${port}: the port is taken; choose another, e.g. --prometheus ${port + 1}`)),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
