import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Request, Response } from "express";
import { messageOf, UserError } from "../../model/errors.js";
import { printable } from "../../model/printable.js";
import type { Gate } from "./access.js";
import { cachedFor } from "./cached.js";
import { EventStreams, type Subscribe } from "./event-streams.js";
import { PacePerAddress } from "./rate-limit.js";
import { Strangers } from "./strangers.js";

/** The default address to listen on. */
export const LOOPBACK = "127.0.0.1";
const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

/** A running server and its address. */
export interface Served {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Connections of anybody but the system's own processes. */
  readonly strangers: Strangers;
}

/** The built page. */
const PAGE_FOLDER = fileURLToPath(new URL("../../page", import.meta.url));
/** Headers of every response: no content sniffing, no framing, nothing loaded. */
const HEADERS = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};
/** The page loads nothing from other origins and runs only its own script. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-cache",
};
const LARGEST_ACTION = "4kb";
/** Limits against exhaustion: connections, size and time of headers, time of a request. */
const MOST_CONNECTIONS = 4096;
const MOST_HEADER_BYTES = 8192;
const HEADER_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 30_000;
const TLS_HANDSHAKE_MILLISECONDS = 10_000;
/** How often these times are checked. */
const CHECK_MILLISECONDS = 1000;
/** How long a refused connection may take to close its end. */
const REFUSED_MILLISECONDS = 1000;
/** For how long a rendering of the metrics, and of the state, is sent again: a storm of readers costs little more than one. */
const METRICS_MILLISECONDS = 500;
export const STATE_MILLISECONDS = 100;
/** Requests of one address without the token: further ones wait, and are refused if that would be too long. */
const READS = { atOnce: 100, perSecond: 50, longestWait: 2.5 };
const REFUSED_AFTER_SECONDS = 1;

export interface Endpoints {
  /** The metrics page in Prometheus' text format, and its content type. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Whether the process is ready to work. */
  ready(): boolean;
  /** The current state of the run, for `/api/state`; absent where there is none. */
  state?(): object;
  /** For the page and `/api/events`; absent where there is no page. */
  readonly events?: Subscribe;
  /** Performs an action; returns what was done. Null if not permitted; absent where there is nothing to control. Throws UserError. */
  readonly control?: ((body: unknown) => string) | null;
  /** The flags of a process that asks to join; undefined if no place is free. Absent where there is nothing to join. */
  join?(role: string, servers: number): string[] | undefined;
}

/** Where to listen, with what encryption, and who may connect. */
export interface Listening {
  /** Address; the loopback interface by default. */
  readonly host?: string;
  /** Certificate and key, as PEM, for https and wss. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Decides who may do more than read; nobody if absent. */
  readonly gate?: Gate;
}

/**
 * Serves `/metrics`, `/healthz`, `/readyz` and, where given, `/api/...` and the page. Express is loaded only here, so that a
 * process without endpoints starts without it.
 *
 * @param port 0 for any free port
 * @throws UserError if the port is taken or the certificate is invalid
 */
export async function serveEndpoints(port: number, endpoints: Endpoints, listening: Listening = {}): Promise<Served> {
  const { gate } = listening;
  const { default: express } = await import("express");
  const app = express();
  app.disable("x-powered-by");
  const reads = new PacePerAddress(READS, () => performance.now() / 1000);
  app.use((request, response, next) => {
    response.set(HEADERS);
    const refusal = gate?.foreignPage(request);
    if (refusal !== undefined) {
      response.status(refusal.status).json({ why: refusal.why });
      return;
    }
    if (request.method !== "GET" || gate?.holdsToken(request) === true) {
      next();
      return;
    }
    const wait = reads.wait(request.socket.remoteAddress ?? "");
    if (wait === 0) next();
    else if (wait !== undefined) setTimeout(next, 1000 * wait);
    else setTimeout(() => response.status(429).json({ why: "too many requests" }), 1000 * REFUSED_AFTER_SECONDS);
  });
  app.get("/healthz", (_request, response) => {
    response.type("text").send("ok\n");
  });
  app.get("/readyz", (_request, response) => {
    const ready = endpoints.ready();
    response
      .status(ready ? 200 : 503)
      .type("text")
      .send(ready ? "ready\n" : "not ready\n");
  });
  const metrics = cachedFor(METRICS_MILLISECONDS, () => endpoints.metrics());
  app.get("/metrics", async (_request, response) => {
    const { contentType, body } = await metrics();
    response.set("Content-Type", contentType).send(body);
  });
  if (endpoints.state !== undefined) {
    const state = cachedFor(STATE_MILLISECONDS, () => JSON.stringify(endpoints.state?.()));
    app.get("/api/state", (_request, response) => void response.type("json").send(state()));
  }
  const { events } = endpoints;
  if (events !== undefined) {
    const streams = new EventStreams(events);
    app.get("/api/events", (request, response) => streams.open(request, response));
    app.use(express.static(PAGE_FOLDER, { setHeaders: (response) => response.set(PAGE_HEADERS) }));
  }
  const { control } = endpoints;
  if (control !== undefined) {
    app.post("/api/control", express.json({ limit: LARGEST_ACTION }), (request, response) => {
      const refusal = gate?.objection(request);
      if (refusal !== undefined) {
        response.status(refusal.status).json({ why: refusal.why });
        return;
      }
      const { status, answer } = controlAnswer(request, control);
      response.status(status).json(answer);
    });
  }
  const join = endpoints.join?.bind(endpoints);
  if (join !== undefined) {
    app.post("/api/join/:role", (request, response) => {
      const refusal = gate?.objection(request);
      if (refusal !== undefined) {
        response.status(refusal.status).json({ why: refusal.why });
        return;
      }
      const flags = join(request.params.role, Number(request.query.servers));
      if (flags === undefined) response.status(409).json({ why: "every place is taken" });
      else response.json({ flags });
    });
  }
  app.use(failed);
  return serve(port, app, listening);
}

/**
 * Serves only WebSockets, whose upgrade requests the caller handles.
 *
 * @param port 0 for any free port
 * @throws UserError if the port is taken or the certificate is invalid
 */
export function serveSockets(port: number, listening: Listening): Promise<Served> {
  return serve(port, (_request, response) => response.writeHead(404).end(), listening);
}

async function serve(
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { host = LOOPBACK, tls }: Listening,
): Promise<Served> {
  const server = newServer(tls, answer);
  const strangers = new Strangers(server);
  await listen(server, port, host);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    server,
    strangers,
    port: chosen,
    url: `${tls === undefined ? "http" : "https"}://${ANY_ADDRESS.has(host) ? hostname() : host}:${chosen}`,
  };
}

function newServer(tls: Listening["tls"], app: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const limits = {
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: HEADER_MILLISECONDS,
    requestTimeout: REQUEST_MILLISECONDS,
    connectionsCheckingInterval: CHECK_MILLISECONDS,
  };
  let server: Server;
  try {
    server =
      tls === undefined
        ? createServer(limits, app)
        : createTlsServer({ ...limits, ...tls, handshakeTimeout: TLS_HANDSHAKE_MILLISECONDS }, app);
  } catch (error) {
    throw new UserError(`--tls-cert, --tls-key: ${messageOf(error)}`);
  }
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

/** Answers a request that is malformed or at which this program fails, without giving details to the client. */
function failed(error: unknown, _request: Request, response: Response, _next: () => void): void {
  const status = typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 500;
  if (status >= 500) process.stderr.write(`a request failed: ${printable(messageOf(error))}\n`);
  if (response.headersSent) response.destroy();
  else
    response
      .status(status)
      .type("text")
      .send(status < 500 ? "bad request\n" : "failed\n");
}

/** Refuses to upgrade a connection to a WebSocket. */
export function refuseUpgrade(
  socket: Duplex,
  { status, why }: { readonly status: number; readonly why: string },
): void {
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status} ${why}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), REFUSED_MILLISECONDS).unref();
}

/** Performs the action of an authorised request. */
function controlAnswer(
  request: Request,
  control: NonNullable<Endpoints["control"]> | null,
): { status: number; answer: object } {
  if (control === null) return { status: 403, answer: { why: "the dispatcher was started without --control" } };
  if (request.is("application/json") === false)
    return { status: 415, answer: { why: "an action must be sent as application/json" } };
  try {
    return { status: 200, answer: { done: control(request.body) } };
  } catch (error) {
    if (error instanceof UserError) return { status: 400, answer: { why: error.message } };
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(new UserError(`port ${port} is taken: choose another, or 0 for any free port`));
      else if (error.code === "EACCES") reject(new UserError(`port ${port} is reserved: choose one from 1024 on`));
      else if (error.code === "EADDRNOTAVAIL") reject(new UserError(`${host} is not an address of this machine`));
      else reject(error);
    });
    server.listen(port, host, resolve);
  });
}
