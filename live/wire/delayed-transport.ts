import type { ModelTime } from "../../model/units.js";
import type { Alarm, Clock } from "../clock.js";
import type { Transport, TransportListener } from "./channel.js";
import type { Connect } from "./dial.js";

/**
 * Connections through a slower network: all that is sent and all that arrives is held back, one after the other, each for a time of its own.
 *
 * @param draw returns the next time
 */
export function delayedConnect(connect: Connect, clock: Clock, draw: () => ModelTime): Connect {
  return (url, { opened, failed }) =>
    connect(url, { failed, opened: (transport) => opened(new DelayedTransport(transport, clock, draw)) });
}

class DelayedTransport implements Transport {
  private readonly outgoing: Line;
  private readonly incoming: Line;

  constructor(
    private readonly transport: Transport,
    clock: Clock,
    draw: () => ModelTime,
  ) {
    this.outgoing = new Line(clock, draw);
    this.incoming = new Line(clock, draw);
  }

  get isOpen(): boolean {
    return this.transport.isOpen;
  }

  get unsentBytes(): number {
    return this.transport.unsentBytes;
  }

  recognised(): void {
    this.transport.recognised();
  }

  pause(): void {
    this.transport.pause();
  }

  resume(): void {
    this.transport.resume();
  }

  send(message: string | Buffer): void {
    this.outgoing.hold(() => this.transport.send(message));
  }

  close(code: number, reason: string): void {
    this.outgoing.hold(() => this.transport.close(code, reason));
  }

  terminate(): void {
    this.outgoing.clear();
    this.transport.terminate();
  }

  listen(listener: TransportListener): void {
    this.transport.listen({
      message: (data, isBinary) => this.incoming.hold(() => listener.message(data, isBinary)),
      failed: (error) => this.incoming.hold(() => listener.failed(error)),
      closed: (reason) => {
        this.outgoing.clear();
        this.incoming.hold(() => listener.closed(reason));
      },
    });
  }
}

/** What is under way in one direction, in order: nothing overtakes. */
class Line {
  private held: { readonly due: ModelTime; deliver(): void }[] = [];
  private lastDue: ModelTime = 0;
  private readonly alarm: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly draw: () => ModelTime,
  ) {
    this.alarm = clock.alarm(() => this.deliverDue());
  }

  hold(deliver: () => void): void {
    this.lastDue = Math.max(this.lastDue, this.clock.now() + this.draw());
    this.held.push({ due: this.lastDue, deliver });
    this.alarm.set(this.held[0].due);
  }

  clear(): void {
    this.held = [];
    this.alarm.clear();
  }

  private deliverDue(): void {
    const now = this.clock.now();
    const later = this.held.findIndex(({ due }) => due > now);
    const arrived = this.held.splice(0, later < 0 ? this.held.length : later);
    for (const { deliver } of arrived) deliver();
    if (this.held.length > 0) this.alarm.set(this.held[0].due);
  }
}
