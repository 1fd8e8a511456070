import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { messageOf } from "../../model/errors.js";
import { authorization, type Gate } from "../http/access.js";
import { refuseUpgrade } from "../http/endpoints.js";
import type { Transport, TransportListener } from "./channel.js";
import type { Connect } from "./dial.js";
import { InboundLimits } from "./inbound-limits.js";

/** How long a peer that broke the protocol may take to close its end. */
const CLOSING_MILLISECONDS = 1000;
const NORMAL = 1000;

/** A WebSocket as a transport. */
class WebSocketTransport implements Transport {
  /** @param recognised called when the peer has introduced itself */
  constructor(
    private readonly socket: WebSocket,
    readonly recognised: () => void = () => undefined,
  ) {}

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  get unsentBytes(): number {
    return this.socket.bufferedAmount;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  send(message: string | Buffer): void {
    this.socket.send(message);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    if (code !== NORMAL) setTimeout(() => this.socket.terminate(), CLOSING_MILLISECONDS).unref();
  }

  terminate(): void {
    this.socket.terminate();
  }

  listen(listener: TransportListener): void {
    this.socket.on("message", (data, isBinary) => listener.message(data as Buffer, isBinary));
    this.socket.on("error", (error) => listener.failed(error));
    this.socket.on("close", (_code, reason) => listener.closed(reason.toString()));
  }
}

/** Frames larger than this are refused unread. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * Upgrades requests that the gate allows to WebSockets.
 *
 * @param accept receives each connection
 * @param recognised called with the connection of a peer that has introduced itself
 * @returns a function that closes the server and all connections
 */
export function acceptWebSockets(
  server: HttpServer,
  gate: Gate,
  accept: (transport: Transport) => void,
  recognised: (socket: Socket) => void = () => undefined,
): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_FRAME_BYTES, perMessageDeflate: false });
  const limits = new InboundLimits();
  server.on("upgrade", (request, socket, head) => {
    const refusal = gate.objection(request);
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const limit = limits.apply(socket, webSocket);
      const transport = new WebSocketTransport(webSocket, () => {
        limit.lift();
        recognised(request.socket);
      });
      accept(transport);
    });
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
  };
}

/** A handshake that takes longer has failed. */
const HANDSHAKE_MILLISECONDS = 5000;

/** Connects to WebSockets. @param token of the dispatcher, if it requires one */
export const connectWebSocket =
  (token: string | undefined): Connect =>
  (url, { opened, failed }) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MILLISECONDS,
      headers: authorization(token),
    });
    const failedToOpen = (error: Error): void => failed(messageOf(error) || "connection refused");
    socket.once("error", failedToOpen);
    socket.once("unexpected-response", (request, { statusCode, statusMessage }) => {
      socket.off("error", failedToOpen);
      socket.on("error", () => undefined);
      request.destroy();
      failed(`refused: ${statusCode} ${statusMessage}`);
    });
    socket.once("open", () => {
      socket.off("error", failedToOpen);
      opened(new WebSocketTransport(socket));
    });
    return () => socket.terminate();
  };
