import type { Transport, TransportListener } from "../../live/wire/channel.js";
import type { Connect } from "../../live/wire/dial.js";
import { exponential, type RandomStream } from "../../model/random.js";
import type { VirtualProcess, VirtualTime } from "./virtual-process.js";

/** Mean message delay without faults. */
const MEAN_DELAY_SECONDS = 0.002;
/** Timeout for establishing a connection. */
const HANDSHAKE_SECONDS = 5;

/** One end of a connection. */
class End implements Transport {
  isOpen = true;
  /** The network accepts everything at once, so that back-pressure never occurs. */
  readonly unsentBytes = 0;
  /** Drops everything sent from here, silently. */
  mute = false;
  /** Extra delay of messages sent from here. */
  extraDelaySeconds = 0;
  /** Frames sent from here arrive twice. */
  doubles = false;
  /** Arrival time of the last message sent from here, since connections preserve order. */
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

  recognised(): void {}
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

/** A connection, as fault injection sees it. */
class VirtualConnection {
  constructor(
    readonly client: End,
    readonly server: End,
  ) {}

  get isOpen(): boolean {
    return this.client.isOpen || this.server.isOpen;
  }

  /** Closes both ends, each after its own delay; messages in transit are lost. */
  cut(afterSeconds: readonly [number, number]): void {
    for (const [i, end] of [this.client, this.server].entries()) {
      end.mute = true;
      end.endAfter(afterSeconds[i]);
    }
  }
}

/** A network with the addresses of the dispatchers, which accept connections while a process listens. */
export class VirtualNetwork {
  /** Reasons for which processes have rejected others. */
  readonly offences: string[] = [];
  connections: VirtualConnection[] = [];
  private readonly listening = new Map<
    string,
    { readonly process: VirtualProcess; accept(transport: Transport): void }
  >();

  constructor(
    readonly time: VirtualTime,
    private readonly random: RandomStream,
  ) {}

  listen(url: string, process: VirtualProcess, accept: (transport: Transport) => void): void {
    this.listening.set(url, { process, accept });
  }

  /** Carries a message from an end; it arrives after those sent before. */
  carry(from: End, arrive: () => void): void {
    if (from.mute) return;
    const delay = exponential(this.random, MEAN_DELAY_SECONDS) + from.extraDelaySeconds;
    from.lastArrival = Math.max(from.lastArrival, this.time.now + delay);
    this.time.at(from.lastArrival, () => {
      if (!from.mute) arrive();
    });
  }

  /** The connect function of a process. @param reachable whether it can reach the dispatchers now */
  connectFrom(process: VirtualProcess, reachable: () => boolean): Connect {
    return (url, { opened, failed }) => {
      let over = false;
      const once = (call: () => void): void => {
        if (!over) call();
        over = true;
      };
      this.time.after(HANDSHAKE_SECONDS, () => process.turn(() => once(() => failed("no answer"))));
      this.time.after(MEAN_DELAY_SECONDS, () => {
        const listening = this.listening.get(url);
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

  /** A process has died. Its connections are closed, or silently dead as after a power failure. */
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
