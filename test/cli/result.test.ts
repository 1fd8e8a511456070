import { describe, expect, it } from "vitest";
import { z } from "zod";
import { overallVerdict, resultSchema } from "../../cli/result.js";

describe("docs/result.schema.json", () => {
  it("is the schema that results are checked against (npx vitest run test/cli/result.test.ts -u writes it)", async () => {
    const schema = `${JSON.stringify(z.toJSONSchema(resultSchema), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot("../../docs/result.schema.json");
  });
});

describe("the verdict of a run", () => {
  const predicted = [{ kind: "limit", status: "applies", value: 1, modelError: 0, source: "" }] as const;
  const agrees = { verdict: "agrees", predictions: predicted } as const;
  const undecided = { verdict: "undecided", predictions: predicted } as const;
  const unpredicted = { verdict: "undecided", predictions: [] } as const;

  it("is the worst there is, and not held up by what nothing is predicted of", () => {
    expect(overallVerdict([agrees, unpredicted])).toBe("agrees");
    expect(overallVerdict([agrees, undecided])).toBe("undecided");
    expect(overallVerdict([agrees, undecided, { ...agrees, verdict: "differs" }])).toBe("differs");
    expect(
      overallVerdict([
        { ...agrees, verdict: "differs" },
        { ...unpredicted, verdict: "void" },
      ]),
    ).toBe("void");
  });

  it("is undecided where nothing is predicted at all", () => {
    expect(overallVerdict([unpredicted])).toBe("undecided");
    expect(overallVerdict([])).toBe("undecided");
  });
});
