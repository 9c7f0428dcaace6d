import { expect, test } from "vitest";
import { secretRefSchema } from "#src/plan/secret-ref.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import type { Action } from "#src/plan/step.ts";
import { secretsOf } from "#src/run/secrets-of.ts";
import { fullEnvironment } from "#test/src/plan/full-environment.ts";
import { createStep, shell } from "#test/src/run/stage.ts";

/** Every reference to a secret anywhere in a value. */
function refsIn(value: unknown): readonly SecretRef[] {
  if (typeof value !== "object" || value === null) return [];
  const ref = secretRefSchema.safeParse(value);
  return ref.success ? [ref.data] : Object.values(value).flatMap((inner) => refsIn(inner));
}

const text = (ref: SecretRef): string => JSON.stringify(ref);

test.each<[string, Action]>([
  ["commands", { kind: "commands", commands: [shell("true", { secrets: { PASSWORD: { env: "OF_THE_COMMAND" } } })] }],
  [
    "a request",
    {
      kind: "request",
      node: "kong-1",
      method: "POST",
      path: "/licenses",
      body: {},
      secretFields: { payload: { file: "/of/the/request" } },
      expectStatus: [201],
    },
  ],
])("every secret that environment and step know of is redacted: %s", async (_, action) => {
  const environment = fullEnvironment();
  const step = createStep({ action });
  // Declarative files are `{file: …, converted: …}`, which is no secret.
  const refs = new Set([...refsIn(environment), ...refsIn(step)].map(text));
  const found = await secretsOf(environment, step, (ref) => Promise.resolve(text(ref)));
  expect(refs.size).toBeGreaterThan(10);
  expect(new Set(found)).toStrictEqual(refs);
});

test("a secret that cannot be read is left out, the others stay", async () => {
  const found = await secretsOf(fullEnvironment(), undefined, (ref) =>
    "env" in ref ? Promise.resolve(ref.env) : Promise.reject(new Error("not there")),
  );
  expect(found).toContain("ADMIN_TOKEN");
});
