import { z } from "zod";
import { fileSchema } from "./file-schema.ts";

/** JSON schema of `kong-upgrade.yml` as people write it, generated from the parser itself. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(fileSchema, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ ...schema, title: "kong-upgrade.yml" }, undefined, 2)}\n`;
}
