/**
 * The text of an answer. Whoever answers might go on for ever: it is cut off where it exceeds a limit.
 *
 * @returns undefined for an answer of more than `mostBytes`
 */
export async function textUpTo(response: Response, mostBytes: number): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
