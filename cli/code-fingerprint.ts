import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { plugIns } from "../policies/plug-in.js";

/** Folders beside this one whose code decides what a simulation comes to. */
const FOLDERS = [
  "model",
  "theory",
  "policies",
  "experiments",
  "scenarios",
  "simulator",
  "server-node",
  "dispatcher/core",
];

/** A hash of the code that simulates, policies of the user's own included: it changes with every change of that code. */
export function codeFingerprint(): string {
  const hash = createHash("sha256");
  const root = fileURLToPath(new URL("..", import.meta.url));
  for (const folder of FOLDERS) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).sort()) {
      hash.update(`${folder}/${file}\n`).update(readFileSync(join(root, folder, file)));
    }
  }
  for (const policy of [...plugIns.keys()].sort()) hash.update(`${policy}\n`).update(contentOf(resolve(policy)));
  return hash.digest("hex");
}

/** Nothing of a policy in an installed package, which is named by the package. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
