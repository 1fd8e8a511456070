import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const DIST = new URL("../../dist/", import.meta.url);

/** How a process ended, and all it wrote. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under test, as built. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error holds the text. Rejects if the process ends without it. */
  says(text: string | RegExp): Promise<string>;
}

/** Starts one of the built programs: "cli/main.js", "server-node/main.js" and so on. */
export function start(
  program: string,
  flags: readonly string[],
  cwd?: string,
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, DIST)), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing that other versions of the code have cached.
    env: { ...process.env, XDG_CACHE_HOME: "/dev/null", ...environment },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const holds = (text: string | RegExp): boolean =>
    typeof text === "string" ? stderr.includes(text) : text.test(stderr);
  const says = (text: string | RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (holds(text)) resolve(stderr);
      };
      child.stderr.on("data", look);
      look();
      void ended.then(() => reject(new Error(`ended without saying "${text}"; it said:\n${stderr}`)));
    });
  return { process: child, ended, says };
}

/** Runs the `equipoise` command to its end. */
export function equipoise(
  flags: readonly string[],
  cwd?: string,
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return start("cli/main.js", flags, cwd, environment).ended;
}

/** A process of this machine. */
export interface FoundProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** The processes whose command line holds the marker: a seed that no other run has. */
export function processesWith(marker: string): FoundProcess[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => ({ pid: Number(pid), commandLine: commandLineOf(pid) }))
    .filter(({ commandLine }) => commandLine.includes(marker));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // It has ended since.
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks again until there is an answer that is not undefined. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
