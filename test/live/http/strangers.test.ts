import { EventEmitter } from "node:events";
import type { Server } from "node:net";
import { describe, expect, it } from "vitest";
import { Strangers } from "../../../live/http/strangers.js";

class Connection extends EventEmitter {
  destroyed = false;
  constructor(
    readonly remoteAddress: string,
    readonly remotePort: number,
  ) {
    super();
  }
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

function connecting(most: number, mostOfAddress: number) {
  const server = new EventEmitter();
  const strangers = new Strangers(server as Server, most, mostOfAddress);
  let port = 1;
  const connect = (address: string): Connection => {
    const connection = new Connection(address, port++);
    server.emit("connection", connection);
    return connection;
  };
  return { strangers, connect };
}

describe("connections of strangers", () => {
  it("from one address are limited: the longest connected one goes", () => {
    const { strangers, connect } = connecting(100, 3);
    const [first, second] = [connect("a"), connect("a"), connect("a"), connect("b")];
    connect("a");
    expect([first.destroyed, second.destroyed]).toEqual([true, false]);
    expect(strangers.size).toBe(4);
  });

  it("in all are limited: one of the address with the most goes, however many addresses there are", () => {
    const { strangers, connect } = connecting(5, 4);
    const many = ["a", "a", "a"].map(connect);
    const lone = ["b", "c", "d"].map(connect);
    expect(many.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    expect(lone.some(({ destroyed }) => destroyed)).toBe(false);
    expect(strangers.size).toBe(5);
  });

  it("are none any more once they are recognised, and leave room when they close", () => {
    const { strangers, connect } = connecting(2, 2);
    const peer = connect("a");
    strangers.recognise(peer as never);
    const [one, two] = [connect("a"), connect("a")];
    expect(strangers.size).toBe(2);
    one.destroy();
    peer.destroy();
    expect(strangers.size).toBe(1);
    connect("a");
    expect(two.destroyed).toBe(false);
  });
});
