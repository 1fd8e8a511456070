/** What `make` makes, made again only if that was longer ago than this. */
export function cachedFor<T>(milliseconds: number, make: () => T, now = () => performance.now()): () => T {
  let made: { readonly value: T; readonly at: number } | undefined;
  return () => {
    if (made === undefined || now() - made.at >= milliseconds) made = { value: make(), at: now() };
    return made.value;
  };
}
