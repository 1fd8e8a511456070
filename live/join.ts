import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, UserError } from "../model/errors.js";
import { authorization } from "./access.js";

const RETRY_MILLISECONDS = 1000;
const TIMEOUT_MILLISECONDS = 5000;

/**
 * Asks a dispatcher for a place in what it runs, until there is one.
 *
 * @param dispatcher URL of its WebSocket
 * @param role of the process that asks
 * @param servers how many it has, if it has any
 * @param token of the dispatcher, if it wants one
 * @returns the flags that the process is to run with: its own part of the system
 */
export async function askToJoin(
  dispatcher: string,
  role: "server-node" | "load-generator",
  servers: number,
  token: string | undefined,
  log: (message: string) => void,
): Promise<string[]> {
  const url = new URL(
    `api/join/${role}?servers=${servers}`,
    `${dispatcher.replace(/^ws/, "http").replace(/\/*$/, "")}/`,
  );
  let told = "";
  for (;;) {
    const answer = await ask(url, token);
    if (typeof answer !== "string") return answer;
    if (answer !== told) log(`no place at ${url.origin} yet (${answer}); asking again`);
    told = answer;
    await sleep(RETRY_MILLISECONDS);
  }
}

/** The flags, or why there are none. */
async function ask(url: URL, token: string | undefined): Promise<string[] | string> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: authorization(token),
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  } catch (error) {
    return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 409 && isText(body, "why")) return body.why;
  if (isText(body, "why")) throw new UserError(`${url.origin} refuses: ${body.why}`);
  if (response.ok && isFlags(body)) return body.flags;
  throw new UserError(`${url.origin} does not answer as a dispatcher does (${response.status})`);
}

function isText<K extends string>(body: unknown, key: K): body is Record<K, string> {
  return typeof body === "object" && body !== null && typeof (body as Record<string, unknown>)[key] === "string";
}

function isFlags(body: unknown): body is { flags: string[] } {
  const flags = typeof body === "object" && body !== null && "flags" in body ? body.flags : undefined;
  return Array.isArray(flags) && flags.every((flag) => typeof flag === "string");
}
