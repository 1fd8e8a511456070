import { describe, expect, it } from "vitest";
import { z } from "zod";
import { resultSchema } from "../../cli/result.js";

describe("docs/result.schema.json", () => {
  it("is the schema that results are checked against (npx vitest run test/cli/result.test.ts -u writes it)", async () => {
    const schema = `${JSON.stringify(z.toJSONSchema(resultSchema), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot("../../docs/result.schema.json");
  });
});
