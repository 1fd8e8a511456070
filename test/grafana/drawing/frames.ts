import { type DataFrame, type Field, FieldType } from "@grafana/data";
import type { Answer, Series } from "./answers.js";

/** The answers to a panel's queries as Grafana's data source for Prometheus makes frames of them. */
export function framesOf(answers: readonly Answer[]): DataFrame[] {
  return answers.flatMap((answer) =>
    answer.isTable
      ? [tableFrame(answer, answers.length > 1 ? `Value #${answer.refId}` : "Value")]
      : answer.series.map((series) => seriesFrame(answer, series)),
  );
}

function field(name: string, type: FieldType, values: unknown[], more: Partial<Field> = {}): Field {
  return { name, type, values, config: {}, ...more };
}

/** One frame per series, of times and values, named by the legend of the query. */
function seriesFrame({ refId, legendFormat }: Answer, { metric, values }: Series): DataFrame {
  const displayNameFromDS = legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? "");
  const times = values.map(([seconds]) => 1000 * seconds);
  const numbers = values.map(([, value]) => Number(value));
  return {
    refId,
    name: displayNameFromDS,
    length: values.length,
    fields: [
      field("Time", FieldType.time, times),
      field("Value", FieldType.number, numbers, { labels: { ...metric }, config: { displayNameFromDS } }),
    ],
  };
}

/** One frame per query: the time, a column per label, the value. */
function tableFrame({ refId, series }: Answer, valueName: string): DataFrame {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const last = series.map(({ values }) => values[values.length - 1]);
  return {
    refId,
    length: series.length,
    fields: [
      field(
        "Time",
        FieldType.time,
        last.map(([seconds]) => 1000 * seconds),
      ),
      ...labels.map((label) =>
        field(
          label,
          FieldType.string,
          series.map(({ metric }) => metric[label]),
        ),
      ),
      field(
        valueName,
        FieldType.number,
        last.map(([, value]) => Number(value)),
      ),
    ],
  };
}
