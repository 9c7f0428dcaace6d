import { z } from "zod";
import { fileSchema } from "./file-schema.ts";
import { runnerFileSchema } from "./runner-file.ts";

/** JSON schema of `kong-upgrade.yml` as people write it, generated from the parser itself. */
export function configJsonSchema(): string {
  return schemaOf(fileSchema, "kong-upgrade.yml");
}

/** The same of a runner's own file. */
export function runnerJsonSchema(): string {
  return schemaOf(runnerFileSchema, "kong-upgrade-runner.yml");
}

function schemaOf(file: z.ZodType, title: string): string {
  const schema = z.toJSONSchema(file, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ ...schema, title }, undefined, 2)}\n`;
}
