import type { Server as HttpServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { messageOf } from "../model/errors.js";
import { authorization, type Gate } from "./access.js";
import type { Transport, TransportListener } from "./channel.js";
import type { Connect } from "./dial.js";
import { refuseUpgrade } from "./endpoints.js";

/** A WebSocket as a transport. */
class WebSocketTransport implements Transport {
  constructor(private readonly socket: WebSocket) {}

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

/** Turns requests to a server into WebSockets, of those whom the gate lets in. Returns how to end all of them. */
export function acceptWebSockets(server: HttpServer, gate: Gate, accept: (transport: Transport) => void): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_FRAME_BYTES, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    const refusal = gate.objection(request);
    if (refusal !== undefined) refuseUpgrade(socket, refusal);
    else sockets.handleUpgrade(request, socket, head, (webSocket) => accept(new WebSocketTransport(webSocket)));
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
  };
}

/** Longer than this, and nobody is there who answers. */
const HANDSHAKE_MILLISECONDS = 5000;

/** Connects to WebSockets. @param token of the dispatcher, if it wants one */
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
