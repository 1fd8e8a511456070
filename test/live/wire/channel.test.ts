import { describe, expect, it } from "vitest";
import { Channel, type Transport, type TransportListener } from "../../../live/wire/channel.js";

class Line implements Transport {
  isOpen = true;
  unsentBytes = 0;
  reads = false;
  sent = 0;
  listener!: TransportListener;
  recognised(): void {}
  pause(): void {}
  resume(): void {}
  send(message: string | Buffer): void {
    this.sent++;
    if (!this.reads) this.unsentBytes += message.length;
  }
  close(_code: number, reason: string): void {
    this.listener.closed(reason);
  }
  terminate(): void {
    this.isOpen = false;
    this.listener.closed("");
  }
  listen(listener: TransportListener): void {
    this.listener = listener;
  }
}

describe("a channel", () => {
  const channelOver = (line: Line) => {
    const ends: string[] = [];
    const owner = { receiveFrame() {}, receiveText() {}, closed: (reason: string) => void ends.push(reason) };
    return { channel: new Channel(line, owner), ends };
  };

  it("is ended when too many messages wait for a peer that does not read, however short they are", () => {
    const line = new Line();
    const { channel, ends } = channelOver(line);
    for (let i = 0; i < 1e6; i++) channel.send({ type: "beat" });
    expect(line.sent).toBe(20_000);
    expect(ends).toEqual(["does not read what it is sent"]);
    const reading = new Line();
    reading.reads = true;
    const good = channelOver(reading);
    for (let i = 0; i < 1e5; i++) good.channel.send({ type: "beat" });
    expect([reading.sent, good.ends]).toEqual([1e5, []]);
  });

  it("tells the reasons of others in printable characters", () => {
    const line = new Line();
    const { ends } = channelOver(line);
    line.listener.closed("\u001b[2J\u202ebye");
    expect(ends).toEqual(["\\u{1b}[2J\\u{202e}bye"]);
  });
});
