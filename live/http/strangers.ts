import type { Server, Socket } from "node:net";

/** Most connections of strangers: all, and those from one address. */
const MOST = 2048;
const MOST_OF_ADDRESS = 1024;

/** What identifies a connection, encrypted or not. */
type Ends = Pick<Socket, "remoteAddress" | "remotePort">;

/**
 * The connections that are not known to be those of a process of the system: readers of pages, and whoever has said nothing
 * yet. They are limited, so that there always is room for the system's own. Where there are too many, the longest connected one
 * goes; of all addresses, from the one with the most.
 */
export class Strangers {
  /** By address and port, in order of their connecting. */
  private readonly addresses = new Map<string, Map<number, Socket>>();
  private count = 0;

  constructor(
    server: Server,
    private readonly most = MOST,
    private readonly mostOfAddress = MOST_OF_ADDRESS,
  ) {
    server.on("connection", (socket: Socket) => this.add(socket));
  }

  /** Connections at present. */
  get size(): number {
    return this.count;
  }

  /** This connection is that of a process of the system. */
  recognise({ remoteAddress = "", remotePort = 0 }: Ends): void {
    const ports = this.addresses.get(remoteAddress);
    if (ports?.delete(remotePort) !== true) return;
    this.count--;
    if (ports.size === 0) this.addresses.delete(remoteAddress);
  }

  private add(socket: Socket): void {
    const { remoteAddress = "", remotePort = 0 } = socket;
    const ends = { remoteAddress, remotePort };
    const ports = this.addresses.get(remoteAddress) ?? new Map<number, Socket>();
    this.addresses.set(remoteAddress, ports);
    ports.set(remotePort, socket);
    this.count++;
    socket.once("close", () => {
      if (this.addresses.get(remoteAddress)?.get(remotePort) === socket) this.recognise(ends);
    });
    if (ports.size > this.mostOfAddress) this.endOldest(ports);
    else if (this.count > this.most) this.endOldest(this.largest());
  }

  private largest(): Map<number, Socket> {
    return [...this.addresses.values()].reduce((largest, ports) => (ports.size > largest.size ? ports : largest));
  }

  private endOldest(ports: Map<number, Socket>): void {
    const [oldest] = ports.values();
    this.recognise(oldest);
    oldest.destroy();
  }
}
