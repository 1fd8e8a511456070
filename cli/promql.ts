import { z } from "zod";
import { messageOf, UserError } from "../model/errors.js";

/** A series as Prometheus answers it: its labels, and its samples in the order of time. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

const sample = z.tuple([z.number(), z.string()]);
const answer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: sample.optional(),
        values: z.array(sample).optional(),
      }),
    ),
  }),
});
const TIMEOUT_MILLISECONDS = 30_000;

/**
 * Asks Prometheus one query, as of now. For a range selector the samples are those that were scraped, at their own times.
 *
 * @throws UserError if nothing answers there, or what answers is no Prometheus or does not like the query
 */
export async function askPrometheus(url: string, query: string): Promise<Series[]> {
  const where = `${url.replace(/\/+$/, "")}/api/v1/query?${new URLSearchParams({ query })}`;
  let response: Response;
  try {
    response = await fetch(where, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new UserError(`no Prometheus answers at ${url} (${messageOf(cause)})`);
  }
  const text = await response.text();
  if (!response.ok) throw new UserError(`${url} refuses the query ${query}: ${response.status} ${text.slice(0, 200)}`);
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) throw new UserError(`${url} does not answer as Prometheus does`);
  return parsed.data.data.result.map(({ metric: { __name__: name = "", ...labels }, value, values }) => ({
    name,
    labels,
    samples: (values ?? (value === undefined ? [] : [value])).map(([seconds, number]) => ({
      seconds,
      value: Number(number.replace("Inf", "Infinity")),
    })),
  }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
