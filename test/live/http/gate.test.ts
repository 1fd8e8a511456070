import type { IncomingMessage } from "node:http";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { Gate, gateOf } from "../../../live/http/access.js";

const TOKEN = "0123456789abcdef";
const request = (host: string, authorization?: string): IncomingMessage =>
  ({ headers: { host, authorization } }) as never;

describe("the gate of a process that others can reach", () => {
  it("knows it by its addresses, the machine's name, and names that it was told; no name that a page could have made up", () => {
    const gate = new Gate("0.0.0.0", TOKEN, () => 0, ["lab.example"]);
    const status = (host: string): number | undefined => gate.foreignPage(request(host))?.status;
    for (const host of [
      "10.1.2.3:7070",
      "[fe80::1]:80",
      "localhost",
      "lab.example:7070",
      `${hostname()}:1`,
      "LAB.example",
    ])
      expect(status(host), host).toBeUndefined();
    for (const host of ["evil.example", "lab.example.evil.example", "10.1.2.3.evil.example", "", "a b"])
      expect(status(host), host).toBe(403);
  });

  it("keeps what is meant for those with the token from being used up by others", () => {
    const gate = new Gate("0.0.0.0", TOKEN, () => 0);
    const tries = (token: string, count: number): Set<number | undefined> =>
      new Set(Array.from({ length: count }, () => gate.objection(request("10.1.2.3", `Bearer ${token}`))?.status));
    expect(tries("wrong", 5000)).toEqual(new Set([401, 429]));
    expect(tries(TOKEN, 2000)).toEqual(new Set([undefined]));
    expect(tries(TOKEN, 1)).toEqual(new Set([429]));
  });

  it("of a node or generator is the same: it wants a token beyond the loopback interface", () => {
    const { EQUIPOISE_TOKEN } = process.env;
    delete process.env.EQUIPOISE_TOKEN;
    expect(() => gateOf({ host: "0.0.0.0" })).toThrow("a token is needed");
    expect(gateOf({ host: "127.0.0.1" }).foreignPage(request("evil.example"))?.status).toBe(403);
    if (EQUIPOISE_TOKEN !== undefined) process.env.EQUIPOISE_TOKEN = EQUIPOISE_TOKEN;
  });
});
