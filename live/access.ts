import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Option } from "commander";
import { messageOf, UserError } from "../model/errors.js";

const LEAST_TOKEN_CHARACTERS = 16;
const LOOPBACK_NAMES = new Set(["127.0.0.1", "::1", "[::1]", "localhost"]);

/** Names the file that holds the token. There is no flag for the token itself: others could read it off the command line. */
export function tokenFileFlag(): Option {
  return new Option("--token-file <file>", "file with the token of the dispatcher; or EQUIPOISE_TOKEN holds it").env(
    "EQUIPOISE_TOKEN_FILE",
  );
}

/**
 * The token of the dispatcher, from a file or, without one, from the environment variable EQUIPOISE_TOKEN.
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
      `${where}: a token has at least ${LEAST_TOKEN_CHARACTERS} characters, none of them a blank; try: openssl rand -hex 32`,
    );
  return token;
}

/** Name the files of a certificate and its key. */
export function certificateFlags(): Option[] {
  return [
    new Option("--tls-cert <file>", "certificate (PEM), for https and wss").env("EQUIPOISE_TLS_CERT"),
    new Option("--tls-key <file>", "key of the certificate (PEM)").env("EQUIPOISE_TLS_KEY"),
  ];
}

/** Certificate and key from their files; undefined if neither is named. Throws UserError for one without the other. */
export function tlsFrom(cert: string | undefined, key: string | undefined): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UserError("--tls-cert and --tls-key go together");
  return { cert: contentOf(cert), key: contentOf(key) };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** The header by which a process shows that it has the token; none if there is none. */
export function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Why somebody is not let in, as an HTTP status. */
export interface Refusal {
  readonly status: 401 | 403 | 429;
  readonly why: string;
}

/** Connections and controls asked for per second, on average and at once. */
const MOST_PER_SECOND = 500;
const MOST_AT_ONCE = 2000;

/**
 * Decides who may connect to the dispatcher as a server node or load generator, or control it: whoever has the token, if
 * there is one; on the loopback interface, everybody of this machine; and no page of another site.
 */
export class Gate {
  /** Requests that were refused. */
  refused = 0;
  private readonly digest: Buffer | undefined;
  private readonly onLoopback: boolean;
  private allowance = MOST_AT_ONCE;
  private allowanceAt = 0;

  /**
   * @param host address that is listened on
   * @param now seconds of a clock that never goes back
   * @throws UserError if others than this machine can reach that address, and there is no token
   */
  constructor(
    host: string,
    token: string | undefined,
    private readonly now: () => number,
  ) {
    this.onLoopback = LOOPBACK_NAMES.has(host);
    if (!this.onLoopback && token === undefined) {
      throw new UserError(
        `--host ${host}: others than this machine can reach that address, so a token is needed: set EQUIPOISE_TOKEN or ` +
          "--token-file for the dispatcher and for those who are to connect; or listen on 127.0.0.1",
      );
    }
    this.digest = token === undefined ? undefined : digestOf(token);
  }

  /** Why this request is not let in; undefined if it is. */
  objection(request: IncomingMessage): Refusal | undefined {
    const refusal = this.tooMany() ?? this.foreignPage(request) ?? this.withoutToken(request);
    if (refusal !== undefined) this.refused++;
    return refusal;
  }

  /**
   * A page of another site, in the browser of somebody who may connect. Such a page says where it comes from; and if it
   * has made its own name lead to the loopback interface, the request says so.
   */
  foreignPage({ headers }: IncomingMessage): Refusal | undefined {
    const named = hostOf(`http://${headers.host ?? ""}`);
    if (headers.origin !== undefined && hostOf(headers.origin)?.host !== named?.host)
      return { status: 403, why: "pages of other sites may not connect" };
    if (this.onLoopback && headers.host !== undefined && !LOOPBACK_NAMES.has(named?.hostname ?? ""))
      return { status: 403, why: "on the loopback interface, the host must be 127.0.0.1 or localhost" };
    return undefined;
  }

  private withoutToken({ headers }: IncomingMessage): Refusal | undefined {
    if (this.digest === undefined) return undefined;
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    // Digests have the same length, and so the comparison takes the same time whatever was given.
    return timingSafeEqual(digestOf(given), this.digest)
      ? undefined
      : { status: 401, why: "the token is missing or wrong" };
  }

  private tooMany(): Refusal | undefined {
    const now = this.now();
    this.allowance = Math.min(MOST_AT_ONCE, this.allowance + (now - this.allowanceAt) * MOST_PER_SECOND);
    this.allowanceAt = now;
    if (this.allowance < 1) return { status: 429, why: "too many requests" };
    this.allowance--;
    return undefined;
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function hostOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
