import type { Duplex } from "node:stream";

/** Most bytes that a peer may send before it has introduced itself. */
export const MOST_OF_A_STRANGER = 64 * 1024;
/** Most bytes of messages that are not whole yet, over all connections; and of one connection even then. */
const MOST_UNFINISHED = 64 * 1024 * 1024;
const ALWAYS_ALLOWED = 256 * 1024;

/** The messages of a connection, and how to end it. */
interface MessageSource {
  on(event: "message", listener: () => void): unknown;
  terminate(): void;
}

/**
 * Limits what peers make this process keep by sending: strangers may send little, and the parts of messages that are not
 * whole yet count against one budget. Whoever exceeds a limit is cut off.
 */
export class InboundLimits {
  /** Bytes since the last whole message, over all connections. */
  private unfinished = 0;

  /** Watches a connection. `lift`: the peer has introduced itself, and is a stranger no more. */
  apply(socket: Duplex, messages: MessageSource): { lift(): void } {
    let isStranger = true;
    let bytes = 0;
    // Before the WebSocket's own listener, which ends messages.
    socket.prependListener("data", (chunk: Buffer) => {
      // What a stranger has sent is counted before this: a hello comes in one chunk, perhaps with what follows it.
      if (isStranger && bytes > MOST_OF_A_STRANGER) messages.terminate();
      bytes += chunk.length;
      this.unfinished += chunk.length;
      if (this.unfinished > MOST_UNFINISHED && bytes > ALWAYS_ALLOWED) messages.terminate();
    });
    messages.on("message", () => {
      if (isStranger) return;
      this.unfinished -= bytes;
      bytes = 0;
    });
    socket.once("close", () => {
      this.unfinished -= bytes;
      bytes = 0;
    });
    return {
      lift: () => {
        isStranger = false;
      },
    };
  }
}
