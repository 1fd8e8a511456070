import { expect, it } from "vitest";
import { assert, messageOf, PeerError, UserError } from "../../model/errors.js";

it("the message of anything that was thrown is in plain words", () => {
  expect(messageOf(new UserError("servers 0: must be at least 1"))).toBe("servers 0: must be at least 1");
  expect(messageOf("gone")).toBe("gone");
  expect(messageOf(undefined)).toBe("undefined");
});

it("an invariant that fails is nobody else's fault", () => {
  const failing = () => assert(1 + 1 === 3, "one and one are three");
  expect(failing).toThrow(new Error("assertion failed: one and one are three"));
  for (const blamed of [UserError, PeerError]) expect(failing).not.toThrow(blamed);
});
