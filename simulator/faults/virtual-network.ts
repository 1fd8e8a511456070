import type { Transport, TransportListener } from "../../live/channel.js";
import type { Connect } from "../../live/dial.js";
import { exponential, type RandomStream } from "../../model/random.js";
import type { VirtualProcess, VirtualTime } from "./virtual-process.js";

/** Mean time that a message is on its way, where nothing is wrong. */
const MEAN_DELAY_SECONDS = 0.002;
/** How long a process waits for a connection to be made. */
const HANDSHAKE_SECONDS = 5;

/** One end of a connection. */
class End implements Transport {
  isOpen = true;
  /** The network takes all there is at once, so that nobody is ever paused. */
  readonly unsentBytes = 0;
  /** Nothing that is sent from here arrives any more, and nobody is told. */
  mute = false;
  /** Messages sent from here take longer by this. */
  extraDelaySeconds = 0;
  /** Frames sent from here arrive twice. */
  doubles = false;
  /** When the last message sent from here arrives: a connection keeps their order. */
  lastArrival = 0;
  other!: End;
  private listener: TransportListener | undefined;

  constructor(
    private readonly network: VirtualNetwork,
    readonly process: VirtualProcess,
  ) {}

  listen(listener: TransportListener): void {
    this.listener = listener;
  }

  pause(): void {
    throw new Error("nothing waits to be sent");
  }

  resume(): void {
    throw new Error("nothing waits to be sent");
  }

  send(message: string | Buffer): void {
    const isBinary = typeof message !== "string";
    const arrive = (): void => this.other.arrived(Buffer.from(message), isBinary);
    this.network.carry(this, arrive);
    if (this.doubles && isBinary) this.network.carry(this, arrive);
  }

  close(code: number, reason: string): void {
    if (code !== 1000) this.network.offences.push(reason);
    this.end(reason);
    this.network.carry(this, () => this.other.end(reason));
  }

  terminate(): void {
    this.end("");
    this.network.carry(this, () => this.other.end(""));
  }

  endAfter(seconds: number): void {
    this.network.time.after(seconds, () => this.end("connection reset"));
  }

  /** The connection is gone, as this end sees it. */
  end(reason: string): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.network.time.after(0, () => this.process.turn(() => this.listener?.closed(reason)));
  }

  private arrived(message: Buffer, isBinary: boolean): void {
    this.process.turn(() => {
      if (this.isOpen) this.listener?.message(message, isBinary);
    });
  }
}

/** A connection, as those who meddle with it see it. */
export class VirtualConnection {
  constructor(
    readonly client: End,
    readonly server: End,
  ) {}

  get isOpen(): boolean {
    return this.client.isOpen || this.server.isOpen;
  }

  /** Both ends are told, each in its time, and what is on its way is lost. */
  cut(afterSeconds: readonly [number, number]): void {
    for (const [i, end] of [this.client, this.server].entries()) {
      end.mute = true;
      end.endAfter(afterSeconds[i]);
    }
  }
}

/** The network: one address, that of the dispatcher, where connections are made while somebody listens. */
export class VirtualNetwork {
  /** Reasons for which a process has shut out another: none is expected. */
  readonly offences: string[] = [];
  connections: VirtualConnection[] = [];
  private listening: { readonly process: VirtualProcess; accept(transport: Transport): void } | undefined;

  constructor(
    readonly time: VirtualTime,
    private readonly random: RandomStream,
  ) {}

  listen(process: VirtualProcess, accept: (transport: Transport) => void): void {
    this.listening = { process, accept };
  }

  /** A message leaves an end; it arrives after all that left before. */
  carry(from: End, arrive: () => void): void {
    if (from.mute) return;
    const delay = exponential(this.random, MEAN_DELAY_SECONDS) + from.extraDelaySeconds;
    from.lastArrival = Math.max(from.lastArrival, this.time.now + delay);
    this.time.at(from.lastArrival, () => {
      if (!from.mute) arrive();
    });
  }

  /** How a process connects. @param reachable whether the dispatcher can be reached from it at this moment */
  connectFrom(process: VirtualProcess, reachable: () => boolean): Connect {
    return (_url, { opened, failed }) => {
      let over = false;
      const once = (call: () => void): void => {
        if (!over) call();
        over = true;
      };
      this.time.after(HANDSHAKE_SECONDS, () => process.turn(() => once(() => failed("nobody answers"))));
      this.time.after(MEAN_DELAY_SECONDS, () => {
        const { listening } = this;
        if (!reachable()) return;
        if (listening === undefined || !listening.process.alive) {
          process.turn(() => once(() => failed("connection refused")));
          return;
        }
        listening.process.turn(() => {
          const connection = this.connection(process, listening.process);
          listening.accept(connection.server);
          this.time.after(MEAN_DELAY_SECONDS, () =>
            process.turn(() => {
              if (over) connection.client.terminate();
              else if (connection.client.isOpen) once(() => opened(connection.client));
              else once(() => failed("connection reset"));
            }),
          );
        });
      });
      return () => {
        over = true;
      };
    };
  }

  /** A process is dead. The others are told, or find out for themselves, as when its machine has lost its power. */
  died(process: VirtualProcess, silently: boolean): void {
    for (const { client, server } of this.connections) {
      const end = client.process === process ? client : server.process === process ? server : undefined;
      if (end === undefined) continue;
      if (silently) end.mute = true;
      else end.terminate();
    }
  }

  private connection(clientProcess: VirtualProcess, serverProcess: VirtualProcess): VirtualConnection {
    const client = new End(this, clientProcess);
    const server = new End(this, serverProcess);
    client.other = server;
    server.other = client;
    const connection = new VirtualConnection(client, server);
    this.connections = this.connections.filter(({ isOpen }) => isOpen);
    this.connections.push(connection);
    return connection;
  }
}
