import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { Option } from "commander";
import { messageOf, UserError } from "../../model/errors.js";
import { RateLimit } from "./rate-limit.js";

const LEAST_TOKEN_CHARACTERS = 16;
const LOOPBACK_NAMES = new Set(["127.0.0.1", "::1", "[::1]", "localhost"]);

/** The file that holds the token. There is no flag for the token itself: others could read it from the command line. */
export function tokenFileFlag(): Option {
  return new Option("--token-file <file>", "file with the dispatcher's token (alternatively, set EQUIPOISE_TOKEN)").env(
    "EQUIPOISE_TOKEN_FILE",
  );
}

/**
 * The dispatcher's token, from a file or, without one, from the environment variable EQUIPOISE_TOKEN.
 *
 * @returns undefined if there is none
 * @throws UserError for a file that cannot be read, or a token that is too easy to guess; it never shows the token
 */
export function readToken(file: string | undefined): string | undefined {
  const [text, where] = file === undefined ? [process.env.EQUIPOISE_TOKEN, "EQUIPOISE_TOKEN"] : [contentOf(file), file];
  if (text === undefined || text === "") return undefined;
  const token = text.trim();
  if (token.length < LEAST_TOKEN_CHARACTERS || !/^[\x21-\x7e]+$/.test(token))
    throw new UserError(
      `${where}: a token needs at least ${LEAST_TOKEN_CHARACTERS} characters, without spaces; try: openssl rand -hex 32`,
    );
  return token;
}

/** The files of a certificate and its key. */
export function certificateFlags(): Option[] {
  return [
    new Option("--tls-cert <file>", "certificate (PEM), for https and wss").env("EQUIPOISE_TLS_CERT"),
    new Option("--tls-key <file>", "key of the certificate (PEM)").env("EQUIPOISE_TLS_KEY"),
  ];
}

/** Certificate and key from their files; undefined if neither is named. Throws UserError for one without the other. */
export function tlsFrom(cert: string | undefined, key: string | undefined): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UserError("--tls-cert and --tls-key must be given together");
  return { cert: contentOf(cert), key: contentOf(key) };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** The header by which a process proves that it has the token; empty without a token. */
export function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Where a process listens, by its flags. */
export interface Reachable {
  readonly host: string;
  readonly publicHost?: readonly string[];
  readonly tokenFile?: string;
}

/** The gate of a process with these flags. Throws UserError if others can reach it and there is no token. */
export function gateOf({ host, publicHost, tokenFile }: Reachable): Gate {
  return new Gate(host, readToken(tokenFile), () => performance.now() / 1000, publicHost);
}

/** Why a request is refused, as an HTTP status. */
export interface Refusal {
  readonly status: 401 | 403 | 429;
  readonly why: string;
}

/** Most requests for connections and controls, per second on average and in a burst: of those with the token, and of all others. */
const MOST_PER_SECOND = 500;
const MOST_AT_ONCE = 2000;

/** The names by which browsers may call this process, besides its addresses. */
export function publicHostFlag(): Option {
  return new Option(
    "--public-host <names>",
    "names by which others reach this process, separated by commas; requests that call it by another name are refused",
  )
    .env("EQUIPOISE_PUBLIC_HOST")
    .argParser((names: string) => names.split(",").map((name) => name.trim().toLowerCase()))
    .default([], "none");
}

/**
 * Decides who may connect to the dispatcher as a server node or load generator, or control it: with a token, those who have
 * it; without one, on the loopback interface, every process of this machine; and never a page of another site.
 */
export class Gate {
  /** Requests that were refused. */
  refused = 0;
  private readonly digest: Buffer | undefined;
  private readonly onLoopback: boolean;
  /** Separate, so that strangers cannot use up what is meant for those with the token. */
  private readonly holders: RateLimit;
  private readonly strangers: RateLimit;
  private readonly names: ReadonlySet<string>;

  /**
   * @param host address listened on
   * @param now seconds of a monotonic clock
   * @param publicHosts names by which others reach it
   * @throws UserError if other machines can reach that address and there is no token
   */
  constructor(host: string, token: string | undefined, now: () => number, publicHosts: readonly string[] = []) {
    this.holders = new RateLimit(MOST_AT_ONCE, MOST_PER_SECOND, now);
    this.strangers = new RateLimit(MOST_AT_ONCE, MOST_PER_SECOND, now);
    this.names = new Set(["localhost", hostname().toLowerCase(), ...publicHosts]);
    this.onLoopback = LOOPBACK_NAMES.has(host);
    if (!this.onLoopback && token === undefined) {
      throw new UserError(
        `--host ${host}: other machines can reach that address, so a token is needed: set EQUIPOISE_TOKEN or ` +
          "--token-file for the dispatcher and the processes that connect to it; or listen on 127.0.0.1",
      );
    }
    this.digest = token === undefined ? undefined : digestOf(token);
  }

  /** Why this request is refused; undefined if it is allowed. */
  objection(request: IncomingMessage): Refusal | undefined {
    const withoutToken = this.withoutToken(request);
    const limit = withoutToken === undefined ? this.holders : this.strangers;
    const refusal = limit.allows()
      ? (this.foreignPage(request) ?? withoutToken)
      : ({ status: 429, why: "too many requests" } as const);
    if (refusal !== undefined) this.refused++;
    return refusal;
  }

  /**
   * Refuses a page of another site in the browser of a user who may connect. The Origin header names the site of such a page;
   * if its name resolves to the loopback interface (DNS rebinding), the Host header shows it.
   */
  foreignPage({ headers }: IncomingMessage): Refusal | undefined {
    const named = hostOf(`http://${headers.host ?? ""}`);
    if (headers.origin !== undefined && hostOf(headers.origin)?.host !== named?.host)
      return { status: 403, why: "pages of other sites may not connect" };
    if (headers.host === undefined || this.isCalled(named?.hostname ?? "")) return undefined;
    return {
      status: 403,
      why: this.onLoopback
        ? "on the loopback interface, the host must be 127.0.0.1 or localhost"
        : "the host must be an address or one of --public-host",
    };
  }

  /** Whether this is a name of this process. An address is none that somebody else could have registered. */
  private isCalled(name: string): boolean {
    if (LOOPBACK_NAMES.has(name)) return true;
    return !this.onLoopback && (isIP(name.replace(/^\[|\]$/g, "")) > 0 || this.names.has(name));
  }

  /** Whether there is a token, and this request has it. */
  holdsToken({ headers }: IncomingMessage): boolean {
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    // Digests have equal lengths, so the comparison takes the same time whatever was given.
    return given !== undefined && this.digest !== undefined && timingSafeEqual(digestOf(given), this.digest);
  }

  private withoutToken(request: IncomingMessage): Refusal | undefined {
    if (this.digest === undefined || this.holdsToken(request)) return undefined;
    return { status: 401, why: "the token is missing or wrong" };
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function hostOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
