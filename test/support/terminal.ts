import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What the `equipoise` command writes on a terminal of so many columns, standard error too; `script` is the terminal. */
export function onTerminal(
  flags: readonly string[],
  columns: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const command = [process.execPath, COMMAND, ...flags].map((word) => `'${word}'`).join(" ");
  const line = `stty columns ${columns} rows 24 && exec ${command}`;
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm", XDG_CACHE_HOME: "/dev/null", CI: "", NO_COLOR: undefined, ...environment },
  });
  let written = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written += text;
  });
  return new Promise((resolve) => child.once("close", () => resolve(written)));
}
