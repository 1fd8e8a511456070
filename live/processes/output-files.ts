import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { messageOf, OutputError, UserError } from "../../model/errors.js";

/**
 * Throws UserError if the file could not be written: to be called before a run, not after it.
 *
 * @param flag that names the file
 */
export function checkWritable(file: string, flag: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error("it is a folder");
    if (isSpecial(file)) accessSync(file, constants.W_OK);
    else {
      // Creating a file tells more than permissions do: a file system may be read-only, or no place for files.
      const partial = partialNameOf(file);
      closeSync(openSync(partial, "w"));
      rmSync(partial);
    }
  } catch (error) {
    throw new UserError(
      `${flag} ${file}: cannot be written (${messageOf(error)}); choose a file in an existing folder`,
    );
  }
}

/**
 * Writes a file as a whole: whoever looks at it, and whatever happens meanwhile, it holds what it held before or all of the
 * content. Pipes and devices are written to directly.
 *
 * @param flag that names the file
 * @throws OutputError if it cannot be written
 */
export function writeWhole(file: string, content: string | Uint8Array, flag: string): void {
  const target = isSpecial(file) ? file : partialNameOf(file);
  try {
    writeFileSync(target, content);
    if (target !== file) putInPlace(target, file);
  } catch (error) {
    if (target !== file) rmSync(target, { force: true });
    throw new OutputError(`${flag} ${file}: cannot be written (${messageOf(error)})`);
  }
}

/** The name under which a file is written until it is whole, in the same folder. */
export function partialNameOf(file: string): string {
  return isSpecial(file) ? file : `${behindLinks(file)}.${process.pid}.part`;
}

/** Gives a file that is whole its name. */
export function putInPlace(partial: string, file: string): void {
  if (partial !== file) renameSync(partial, behindLinks(file));
}

/** Whether this is a pipe or device, such as /dev/stdout, which no file must replace. */
function isSpecial(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}

function behindLinks(file: string): string {
  return statSync(file, { throwIfNoEntry: false }) === undefined ? file : realpathSync(file);
}
