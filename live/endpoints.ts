import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Request, Response } from "express";
import { messageOf, UserError } from "../model/errors.js";
import type { Gate } from "./access.js";

/** Where everything listens unless told otherwise. */
export const LOOPBACK = "127.0.0.1";
const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

/** Endpoints that are served, and where. */
export interface Served {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
}

/** The page as the build leaves it, beside this file's folder. */
const PAGE_FOLDER = fileURLToPath(new URL("../page", import.meta.url));
/** Of every answer: it is what it says it is, belongs in no frame, and loads nothing. */
const HEADERS = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};
/** The page loads nothing from anywhere else, and runs nothing but its own script. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-cache",
};
const LARGEST_ACTION = "4kb";
/** Against those who take everything and give nothing: connections, bytes and seconds of headers, seconds of a request. */
const MOST_CONNECTIONS = 4096;
const MOST_HEADER_BYTES = 8192;
const HEADER_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 30_000;
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

export interface Endpoints {
  /** The metrics page in Prometheus' text format, and its content type. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Whether the process has what it needs to do its work. */
  ready(): boolean;
  /** The run as it stands, for `/api/state`; absent where there is none. */
  state?(): object;
  /** Begins to tell a listener of events, for the page and `/api/events`. Returns how to stop. Absent where there is no page. */
  events?(listener: (event: string) => void): () => void;
  /** Does an action; returns what was done. Null where nobody may; absent where there is nothing to control. Throws UserError. */
  readonly control?: ((body: unknown) => string) | null;
  /** The flags of a process that asks to join; undefined where there is no place for it. Absent where there is nothing to join. */
  join?(role: string, servers: number): string[] | undefined;
}

/** Where to listen, and how those who connect are kept apart from those who listen in and those who may not. */
export interface Listening {
  /** Address; the loopback interface unless told otherwise. */
  readonly host?: string;
  /** Certificate and key, as PEM, for https and wss. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Who may do more than read. Without one, nobody may. */
  readonly gate?: Gate;
}

/**
 * Serves `/metrics`, `/healthz`, `/readyz` and, where there are such, `/api/...` and the page. Express is loaded only here, so
 * that a process without endpoints starts without it.
 *
 * @param port 0 for any free one
 * @throws UserError if the port is taken, or the certificate is none
 */
export async function serveEndpoints(port: number, endpoints: Endpoints, listening: Listening = {}): Promise<Served> {
  const { gate } = listening;
  const { default: express } = await import("express");
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    response.set(HEADERS);
    const refusal = gate?.foreignPage(request);
    if (refusal === undefined) next();
    else response.status(refusal.status).json({ why: refusal.why });
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
  app.get("/metrics", async (_request, response) => {
    const { contentType, body } = await endpoints.metrics();
    response.set("Content-Type", contentType).send(body);
  });
  const state = endpoints.state?.bind(endpoints);
  if (state !== undefined) app.get("/api/state", (_request, response) => void response.json(state()));
  const events = endpoints.events?.bind(endpoints);
  if (events !== undefined) {
    app.get("/api/events", (request, response) => streamEvents(request, response, events));
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
 * Serves nothing but WebSockets, which whoever calls attends to.
 *
 * @param port 0 for any free one
 * @throws UserError if the port is taken, or the certificate is none
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
  await listen(server, port, host);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    server,
    port: chosen,
    url: `${tls === undefined ? "http" : "https"}://${ANY_ADDRESS.has(host) ? hostname() : host}:${chosen}`,
  };
}

function newServer(tls: Listening["tls"], app: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const limits = {
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: HEADER_MILLISECONDS,
    requestTimeout: REQUEST_MILLISECONDS,
  };
  let server: Server;
  try {
    server = tls === undefined ? createServer(limits, app) : createTlsServer({ ...limits, ...tls }, app);
  } catch (error) {
    throw new UserError(`--tls-cert, --tls-key: ${messageOf(error)}`);
  }
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

/** A request that cannot be served, or one that this program fails at; the stranger is told no more than that. */
function failed(error: unknown, _request: Request, response: Response, _next: () => void): void {
  const status = typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 500;
  if (status >= 500) process.stderr.write(`a request failed: ${messageOf(error)}\n`);
  if (response.headersSent) response.destroy();
  else
    response
      .status(status)
      .type("text")
      .send(status < 500 ? "bad request\n" : "failed\n");
}

/** Refuses to turn a connection into a WebSocket. */
export function refuseUpgrade(
  socket: Duplex,
  { status, why }: { readonly status: number; readonly why: string },
): void {
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status} ${why}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Acts on a request for control, of somebody who was let in. */
function controlAnswer(
  request: Request,
  control: NonNullable<Endpoints["control"]> | null,
): { status: number; answer: object } {
  if (control === null) return { status: 403, answer: { why: "the dispatcher was started without --control" } };
  if (request.is("application/json") === false)
    return { status: 415, answer: { why: "an action is sent as application/json" } };
  try {
    return { status: 200, answer: { done: control(request.body) } };
  } catch (error) {
    if (error instanceof UserError) return { status: 400, answer: { why: error.message } };
    throw error;
  }
}

/** Sends events until the listener goes away. One that does not keep up misses some, and does not hold anyone up. */
function streamEvents(request: Request, response: Response, subscribe: NonNullable<Endpoints["events"]>): void {
  response.set({ "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const unsubscribe = subscribe((event) => {
    if (response.writableLength < MOST_WAITING_BYTES) response.write(event);
  });
  request.on("close", unsubscribe);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(new UserError(`port ${port} is taken: choose another, or 0 for any free one`));
      else if (error.code === "EACCES") reject(new UserError(`port ${port} may not be used: choose one from 1024 on`));
      else if (error.code === "EADDRNOTAVAIL") reject(new UserError(`${host} is no address of this machine`));
      else reject(error);
    });
    server.listen(port, host, resolve);
  });
}
