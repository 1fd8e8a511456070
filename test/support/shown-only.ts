/** Whether this quantity of rate scaling is predicted by a heuristic alone, which is shown and decides nothing. */
export const isShownOnly = ({ name }: { readonly name: string }): boolean =>
  ["service_rate_range", "service_rate_distance"].includes(name);
