import type { ParameterDefinition, ParameterDefinitions } from "../experiments/parameters.js";
import { UserError } from "../model/errors.js";

/** Values of one parameter at which there are points or curves, instead of a single value. */
export function listOf<T>(
  definition: Omit<ParameterDefinition<T>, "default">,
  values: readonly (number | string)[],
): ParameterDefinition<T[]> {
  const { parse, range } = definition;
  return {
    ...definition,
    default: values.join(","),
    range: `VALUE,VALUE,..., each ${range}`,
    parse(text) {
      const list = text.split(text.includes(";") ? ";" : ",").map((value) => value.trim());
      if (new Set(list).size < list.length) throw new UserError("a value is repeated");
      return list.map(parse);
    },
  };
}

/** The parameters of a scenario, with the values that a figure gives them. */
export function withDefaults(
  definitions: ParameterDefinitions,
  values: Readonly<Record<string, string>>,
): ParameterDefinitions {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, one]) => [name, { ...one, default: values[name] ?? one.default }]),
  );
}
