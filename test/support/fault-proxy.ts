import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy before a dispatcher that fails as networks do. */
export class FaultProxy {
  /** How long each piece of data is held back. */
  delayMilliseconds = 0;
  /** Bytes per second and direction that get through. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  private stalled = false;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly targetPort: number) {
    this.server = createServer((client) => this.join(client));
  }

  /** A proxy before the dispatcher at this URL; its own URL is `url`. */
  static async before(dispatcherUrl: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(Number(new URL(dispatcherUrl).port));
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resets every connection; new ones can be made. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Nothing gets through any more, on old connections and new ones, and nobody is told. */
  stall(): void {
    this.stalled = true;
  }

  /** Lets data through again on new connections; what was held on old ones is gone, as they are. */
  recover(): void {
    this.stalled = false;
    this.cut();
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(client: Socket): void {
    const target = createConnection(this.targetPort, "127.0.0.1");
    this.carry(client, target);
    this.carry(target, client);
  }

  private carry(from: Socket, to: Socket): void {
    this.sockets.add(from);
    let free = 0;
    from.on("data", (data: Buffer) => {
      if (this.stalled) return;
      // One piece after the other: each leaves when the one before has, and the line is free.
      const now = performance.now();
      free = Math.max(free, now + this.delayMilliseconds) + (1000 * data.length) / this.bytesPerSecond;
      setTimeout(() => to.write(data), free - now);
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      this.sockets.delete(from);
      if (!this.stalled) to.destroy();
    });
  }
}
