import { existsSync } from "node:fs";
import { writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { UserError } from "../model/errors.js";
import { exampleFleetFile } from "../workload/example-fleet.js";
import { print, STANDARD_OUTPUT } from "./output.js";

/** `equipoise init fleet`: writes a fleet file to begin with. Throws UserError if the file is there already. Returns the exit code. */
export function init({ out }: { readonly out: string }): number {
  if (out === STANDARD_OUTPUT) {
    process.stdout.write(exampleFleetFile());
    return EXIT.ok;
  }
  if (existsSync(out)) throw new UserError(`--out ${out}: is there already; choose another name, or remove it`);
  writeWhole(out, exampleFleetFile(), "--out");
  print(`${out} written: try equipoise simulate --fleet ${out}`);
  return EXIT.ok;
}
