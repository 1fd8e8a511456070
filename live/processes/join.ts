import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { messageOf, UserError } from "../../model/errors.js";
import { authorization, readToken } from "../http/access.js";
import { textUpTo } from "../http/limited-body.js";
import { readFlags } from "./flags.js";
import { logger } from "./process.js";

const RETRY_MILLISECONDS = 1000;
const TIMEOUT_MILLISECONDS = 5000;

type Role = "server-node" | "load-generator";

/** What a dispatcher may set: a process's part in the model. It names no files, addresses or ports. */
const COMMON = ["--name", "--seed", "--time-unit"];
const SETTINGS: Readonly<Record<Role, ReadonlySet<string>>> = {
  "server-node": new Set([
    ...COMMON,
    ...[
      "--servers",
      "--first-server",
      "--buffer",
      "--rate-control",
      "--initial-rates",
      "--discipline",
      "--services",
      "--workers",
      "--abandon-after",
      "--message-delay",
    ],
    ...["--classes", "--cost-g", "--cost-h", "--inverse-step", "--report-every"],
  ]),
  "load-generator": new Set([
    ...COMMON,
    ...["--arrival-rate", "--backlog", "--schedule", "--task-types", "--keys", "--arrivals", "--sizes"],
  ]),
};
/** Families whose members read files. */
const FILE = /^(file|csv|trace|empirical):/i;
/** Most bytes of an answer: enough for the classes and rates of a hundred thousand servers. */
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;

/** The flags of a process that may get its configuration from a dispatcher. */
interface JoiningFlags {
  readonly dispatcher: readonly string[];
  readonly name: string;
  /** Number of servers of a server node. */
  readonly servers?: number;
  readonly join?: true;
  readonly tokenFile?: string;
}

/** Reads the flags of the process as `readFlags` does; with `--join`, they override those received from a dispatcher. */
export async function readFlagsOrJoin<Flags extends JoiningFlags>(command: () => Command, role: Role): Promise<Flags> {
  const flags = readFlags<Flags>(command());
  if (flags.join !== true) return flags;
  const { dispatcher, name, servers = 0, tokenFile } = flags;
  return readFlags<Flags>(command(), await askToJoin(dispatcher[0], role, servers, readToken(tokenFile), logger(name)));
}

/**
 * Asks a dispatcher for a place in its system until one is free.
 *
 * @param dispatcher URL of the dispatcher's WebSocket
 * @param role of this process
 * @param servers number of servers of a server node; 0 for a load generator
 * @param token of the dispatcher, if it requires one
 * @returns the flags for this process: its own part of the system
 */
async function askToJoin(
  dispatcher: string,
  role: Role,
  servers: number,
  token: string | undefined,
  log: (message: string) => void,
): Promise<string[]> {
  const url = new URL(
    `api/join/${role}?servers=${servers}`,
    `${dispatcher.replace(/^ws/, "http").replace(/\/*$/, "")}/`,
  );
  let logged = "";
  for (;;) {
    const answer = await ask(url, token);
    if (typeof answer !== "string") return checked(answer, role, servers, url.origin);
    if (answer !== logged) log(`no place at ${url.origin} yet (${answer}); retrying`);
    logged = answer;
    await sleep(RETRY_MILLISECONDS);
  }
}

/** The flags, or the reason why there are none yet. */
async function ask(url: URL, token: string | undefined): Promise<string[] | string> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: authorization(token),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  } catch (error) {
    return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
  const body: unknown = parseJson(await textUpTo(response, MOST_ANSWER_BYTES).catch(() => undefined));
  if (response.status === 409 && isText(body, "why")) return body.why;
  if (isText(body, "why")) throw new UserError(`${url.origin} refuses: ${body.why}`);
  if (response.ok && isFlags(body)) return body.flags;
  throw new UserError(`${url.origin} does not answer as a dispatcher does (${response.status})`);
}

/** Returns the flags but those that the user has set. Throws UserError for one that a dispatcher may not set. */
function checked(flags: readonly string[], role: Role, servers: number, origin: string): string[] {
  const accepted: string[] = [];
  for (let i = 0; i < flags.length; i += 2) {
    const [flag, value] = [flags[i], flags[i + 1]];
    if (process.argv.includes(flag)) continue;
    const isMine = flag !== "--servers" || value === String(servers);
    if (!SETTINGS[role].has(flag) || value === undefined || value.startsWith("--") || FILE.test(value) || !isMine)
      throw new UserError(
        `${origin} wants to set ${flag} ${value ?? ""}, which a dispatcher may not; set it here if you want it`,
      );
    accepted.push(flag, value);
  }
  return accepted;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function isText<K extends string>(body: unknown, key: K): body is Record<K, string> {
  return typeof body === "object" && body !== null && typeof (body as Record<string, unknown>)[key] === "string";
}

function isFlags(body: unknown): body is { flags: string[] } {
  const flags = typeof body === "object" && body !== null && "flags" in body ? body.flags : undefined;
  return Array.isArray(flags) && flags.every((flag) => typeof flag === "string");
}
