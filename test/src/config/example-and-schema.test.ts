import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { fileSchema } from "#src/config/file-schema.ts";
import { configJsonSchema, runnerJsonSchema } from "#src/config/json-schema.ts";
import { root } from "#test/support/source-tree.ts";
import { complaintsAbout, sampleFile } from "./config-sample.ts";

const example = readFileSync(join(root, "kong-upgrade.example.yml"), "utf8");
const editorSchema: unknown = JSON.parse(readFileSync(join(root, "kong-upgrade.schema.json"), "utf8"));

/** As much of a JSON schema as is needed to walk through it. */
interface Branch {
  readonly properties?: Readonly<Record<string, Branch>> | undefined;
  readonly items?: Branch | undefined;
  readonly additionalProperties?: Branch | boolean | undefined;
}
const branchSchema: z.ZodType<Branch> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), branchSchema).optional(),
    items: branchSchema.optional(),
    additionalProperties: z.union([z.boolean(), branchSchema]).optional(),
  }),
);

function keysOf(branch: Branch): readonly string[] {
  const { properties = {}, items, additionalProperties } = branch;
  const children = [items, typeof additionalProperties === "object" ? additionalProperties : undefined];
  return [
    ...Object.entries(properties).flatMap(([key, child]) => [key].concat(keysOf(child))),
    ...children.flatMap((child) => (child === undefined ? [] : keysOf(child))),
  ];
}

function validates(value: unknown): boolean {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.validate(z.record(z.string(), z.unknown()).parse(editorSchema), value);
}

test("the example is a valid configuration", () => {
  expect(complaintsAbout(example)).toEqual([]);
});

test("what the README shows of approvals is a valid configuration", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, shown = ""] = /### Who approves what[^]*?```yaml\n([^]*?)```/u.exec(readme) ?? [];
  const least = /^ {4}(?:channel|database|nodes|backup_dir): .*\n/gmu;
  const required = sampleFile().match(least) ?? [];
  expect(required).toHaveLength(4);
  expect(complaintsAbout(`version: 1\n${shown.replace("  prod:\n", `  prod:\n${required.join("")}`)}`)).toEqual([]);
  expect(shown).toContain("any_of:");
});

test("the example mentions every key, written or as a comment", () => {
  const keys = new Set(keysOf(branchSchema.parse(JSON.parse(configJsonSchema()))));
  expect(keys.size).toBeGreaterThan(50);
  const missing = [...keys].filter((key) => !new RegExp(`(?:^|[\\s#{,])${key}:`, "mu").test(example));
  expect(missing).toEqual([]);
});

test("what the example shows as a default is the default", () => {
  const uncommented = example
    .replaceAll(/^# team: /gmu, "team: ")
    .replaceAll(/^( +)# (\w+: (?:[^{].*|\{\}))$/gmu, "$1$2");
  expect(complaintsAbout(uncommented)).toEqual([]);
  const withoutDisruptive = uncommented.replace(/^ +disruptive:[\s\S]*?(?=\n +# For single)/mu, "");
  expect(withoutTeam(withoutDisruptive)).toEqual(withoutTeam(example));
});

test("the schemas for editors are those that the parsers make", () => {
  const ofRunner: unknown = JSON.parse(readFileSync(join(root, "kong-upgrade-runner.schema.json"), "utf8"));
  expect(ofRunner, "run npm run config-schema && npm run fix").toEqual(JSON.parse(runnerJsonSchema()));
  expect(editorSchema, "run npm run config-schema && npm run fix").toEqual(JSON.parse(configJsonSchema()));
});

test("editors accept the example and the shortest file, and mark unknown keys and wrong names", () => {
  expect(validates(parse(example))).toBe(true);
  expect(validates(parse(sampleFile()))).toBe(true);
  expect(validates(parse(sampleFile("topologie: traditional")))).toBe(false);
  expect(validates(parse(sampleFile().replace("prod:", "Prod:")))).toBe(false);
  expect(
    validates(
      parse(sampleFile('database: { host: db, password: "hunter2" }').replace("database: { host: db }\n", "\n")),
    ),
  ).toBe(false);
});

function withoutTeam(text: string): unknown {
  return { ...fileSchema.parse(parse(text)), team: undefined };
}
