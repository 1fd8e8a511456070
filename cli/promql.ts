import { z } from "zod";
import { textUpTo } from "../live/http/limited-body.js";
import { messageOf, UserError } from "../model/errors.js";

/** A series as Prometheus returns it: its labels, and its samples in order of time. */
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
/** Far more than the scrapes of ten thousand servers. */
const MOST_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MILLISECONDS = 30_000;

/**
 * Evaluates a query as of now. For a range selector the samples are those scraped, at their own times.
 *
 * @throws UserError if nothing answers at the URL, or what answers is not a Prometheus or refuses the query
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
  const text = await bodyOf(response, url);
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

async function bodyOf(response: Response, url: string): Promise<string> {
  let text: string | undefined;
  try {
    text = await textUpTo(response, MOST_BYTES);
  } catch (error) {
    throw new UserError(`${url} breaks off its answer (${messageOf(error)})`);
  }
  if (text === undefined)
    throw new UserError(`${url} answers with more than ${MOST_BYTES} bytes; choose a shorter --window`);
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
