import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createInstruments } from "#src/telemetry/instruments.ts";
import { root } from "#test/support/source-tree.ts";

/** What promtool takes (Prometheus docs, alerting rules), without members that it does not know. */
const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Za-z_]\w*$/u),
          expr: z.string().min(1),
          for: z
            .string()
            .regex(/^\d+[smhd]$/u)
            .optional(),
          labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
          annotations: z.strictObject({ summary: z.string() }),
        }),
      ),
    }),
  ),
});

const text = readFileSync(join(root, "docs/alerts.yml"), "utf8");
const rules = rulesSchema.parse(parse(text)).groups.flatMap((group) => group.rules);

/** Names of series without what a histogram adds. */
const base = (name: string): string => name.replace(/_(?:bucket|count|sum)$/u, "");

test("every figure that an alert looks at exists, and every own figure but the running steps is part of an alert", async () => {
  const metrics = await createInstruments("1").registry.getMetricsAsJSON();
  const known = new Set(metrics.map(({ name }) => name));
  const used = new Set(
    rules.flatMap(({ expr }) => expr.match(/\b(?:kong_upgrade|nodejs|process)_\w+/gu) ?? []).map(base),
  );
  expect([...used].filter((name) => !known.has(name))).toEqual([]);
  const unused = [...known].filter((name) => name.startsWith("kong_upgrade_") && !used.has(name));
  expect(unused).toEqual(["kong_upgrade_steps_running"]);
});

test("alerts have names of their own, and brackets that fit", () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const count = (expr: string, sign: string): number => expr.split(sign).length;
  const unbalanced = rules.filter(
    ({ expr }) =>
      count(expr, "(") !== count(expr, ")") ||
      count(expr, "{") !== count(expr, "}") ||
      count(expr, "[") !== count(expr, "]"),
  );
  expect(unbalanced).toEqual([]);
});
