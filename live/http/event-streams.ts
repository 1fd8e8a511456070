import type { Request, Response } from "express";

/** Adds a listener to events, which come as text in event-stream format. Returns a function that removes it. */
export type Subscribe = (listener: (event: string | Buffer) => void) => () => void;

/** Most streams: all, and those to one address. */
const MOST = 128;
const MOST_TO_ADDRESS = 64;
/** Most bytes that wait for a reader, who then misses events. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** How long a reader may take to read all that waits for it. */
const PATIENCE_MILLISECONDS = 30_000;

/** Streams of server-sent events. A reader that does not keep up misses some and delays nobody; one that does not read is cut off. */
export class EventStreams {
  private readonly streams = new Map<Response, string>();

  constructor(private readonly subscribe: Subscribe) {}

  /** Sends events until the reader disconnects, or refuses to. */
  open(request: Request, response: Response): void {
    const address = request.socket.remoteAddress ?? "";
    const sameAddress = [...this.streams.values()].filter((other) => other === address).length;
    if (this.streams.size >= MOST || sameAddress >= MOST_TO_ADDRESS) {
      response.set("Connection", "close").status(503).json({ why: "too many readers" });
      return;
    }
    this.streams.set(response, address);
    response.set({ "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    let lastEmpty = performance.now();
    const unsubscribe = this.subscribe((event) => {
      const now = performance.now();
      if (response.writableLength === 0) lastEmpty = now;
      if (now - lastEmpty > PATIENCE_MILLISECONDS) response.destroy();
      else if (response.writableLength < MOST_WAITING_BYTES) response.write(event);
    });
    request.on("close", () => {
      unsubscribe();
      this.streams.delete(response);
    });
  }
}
