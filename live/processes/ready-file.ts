import { rmSync, writeFileSync } from "node:fs";
import { Option } from "commander";
import { messageOf, UserError } from "../../model/errors.js";

const LOOK_MILLISECONDS = 500;

/** The file that exists while the process is ready. */
export function readyFileFlag(): Option {
  return new Option("--ready-file <file>", "keep this file while ready, for cheap health checks").env(
    "EQUIPOISE_READY_FILE",
  );
}

/**
 * Keeps a file while the process is ready, and removes it when it is not or exits. For container engines, whose health checks
 * would otherwise start a program that connects and asks.
 *
 * @param file undefined for none
 * @throws UserError if the file cannot be written
 */
export function keepReadyFile(file: string | undefined, ready: () => boolean): void {
  if (file === undefined) return;
  const remove = (): void => rmSync(file, { force: true });
  const write = (): void => writeFileSync(file, `${process.pid}\n`);
  try {
    write();
    remove();
  } catch (error) {
    throw new UserError(`--ready-file ${file}: ${messageOf(error)}`);
  }
  let isThere = false;
  const look = (): void => {
    if (ready() === isThere) return;
    isThere = !isThere;
    if (isThere) write();
    else remove();
  };
  setInterval(look, LOOK_MILLISECONDS).unref();
  process.on("exit", remove);
}
