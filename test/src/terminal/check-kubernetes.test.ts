import { expect, test } from "vitest";
import { z } from "zod";
import { file, hop, kongUpgrade, useFolder } from "./command-line.ts";

useFolder();

const baseValues = `image:
  repository: kong
  tag: "2.8.5"
env:
  database: postgres
ingressController:
  enabled: true
  image: { tag: "2.12" }
podDisruptionBudget:
  enabled: true
`;

test("a value of Helm is shown where it won, and the chart's versions decide what only they can", async () => {
  const base = await file("base.yaml", baseValues);
  const top = await file("prod.yaml", "migrations:\n  preUpgrade: true\n  postUpgrade: true\n");
  const words = ["check", ...hop, "--helm-values", `kong=${base},${top}`, "--format", "json"];
  const { stdout: open } = await kongUpgrade(words);
  const notChecked = reportSchema.parse(JSON.parse(open)).hops[0]?.notChecked ?? [];
  expect(notChecked.find(({ input }) => input === "helm")?.hazards).toContain("chart-220");

  const charts = ["--chart-from", "2.1.0", "--chart-version", "v2.7.3"];
  const { stdout } = await kongUpgrade([...words, ...charts]);
  const [judged] = reportSchema.parse(JSON.parse(stdout)).hops;
  expect(judged?.notChecked.find(({ input }) => input === "helm")).toBeUndefined();
  expect(judged?.findings.map(({ id }) => id).filter((id) => id.startsWith("chart-2"))).toEqual([
    "chart-270",
    "chart-220",
  ]);
  const hooks = judged?.findings.find(({ id }) => id === "30-helm-hooks");
  expect(hooks?.evidence).toContainEqual(
    expect.objectContaining({
      text: expect.stringContaining(
        "Helm release kong: migrations.postUpgrade = true (prod.yaml:3), env.database = postgres (base.yaml:5)",
      ),
      file: "prod.yaml",
      line: 3,
    }),
  );
});

const reportSchema = z.object({
  hops: z.array(
    z.object({
      findings: z.array(z.looseObject({ id: z.string(), evidence: z.array(z.unknown()) })),
      notChecked: z.array(z.looseObject({ input: z.string(), hazards: z.array(z.string()) })),
    }),
  ),
});

const rendered = `apiVersion: v1
kind: ConfigMap
metadata: { name: kong-plugin-stamp, namespace: gateway }
data:
  handler.lua: |
    local BasePlugin = require "kong.plugins.base_plugin"
    return BasePlugin:extend()
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    konghq.com/path-handling: v1
spec:
  rules:
  - http:
      paths:
      - path: /users/[0-9]+
        pathType: ImplementationSpecific
      - path: /~/orders/(?!internal)
        pathType: ImplementationSpecific
`;

test("evidence from manifests opens the line of the annotation, of the path and of the Lua in a config map", async () => {
  const manifests = await file("rendered.yaml", rendered);
  const { stdout } = await kongUpgrade(["check", ...hop, "--manifests", manifests, "--format", "json"]);
  const [judged] = reportSchema.parse(JSON.parse(stdout)).hops;
  const placesOf = (id: string): unknown =>
    judged?.findings.filter((finding) => finding.id === id).flatMap(({ evidence }) => evidence);
  expect(placesOf("30-path-handling-v1")).toMatchObject([{ file: manifests, line: 15 }]);
  expect(placesOf("30-ingress-regex")).toMatchObject([{ file: manifests, line: 20 }]);
  expect(placesOf("30-regex-lookaround")).toMatchObject([{ file: manifests, line: 22 }]);
  expect(placesOf("30-base-plugin")).toMatchObject([
    {
      file: manifests,
      line: 6,
      text: 'handler.lua in ConfigMap gateway/kong-plugin-stamp, rendered.yaml:6: local BasePlugin = require "kong.plugins.base_plugin"',
    },
  ]);
});
