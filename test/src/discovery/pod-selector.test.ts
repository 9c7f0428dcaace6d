import { expect, test } from "vitest";
import { podSelector } from "#src/discovery/pod-selector.ts";

const selected = (selector: unknown) => podSelector({ spec: { selector } }, "deployment/kong");

test.each([
  [{ matchLabels: { tier: "dp", app: "kong" } }, "app=kong,tier=dp"],
  [{ matchLabels: { "app.kubernetes.io/name": "kong", empty: "" } }, "app.kubernetes.io/name=kong,empty="],
  [
    {
      matchLabels: { app: "kong" },
      matchExpressions: [
        { key: "tier", operator: "In", values: ["dp", "api"] },
        { key: "component", operator: "NotIn", values: ["migrations"] },
        { key: "track", operator: "Exists" },
        { key: "canary", operator: "DoesNotExist", values: [] },
      ],
    },
    "app=kong,!canary,component notin (migrations),tier in (dp,api),track",
  ],
  [{ matchLabels: null, matchExpressions: [{ key: "app", operator: "In", values: ["", "kong"] }] }, "app in (,kong)"],
])("a workload's own selector in the words of kubectl, with every condition: %j", (selector, expected) => {
  expect(selected(selector)).toEqual({ ok: true, value: expected });
});

test.each([
  [{}, /by no label/u],
  [{ matchLabels: {}, matchExpressions: [] }, /by no label/u],
  [undefined, /not known here/u],
  [{ app: "kong" }, /not known here/u],
  [{ matchLabels: { app: "kong" }, matchFields: [] }, /not known here/u],
  [{ matchLabels: { app: "kong,tier" } }, /not known here/u],
  [{ matchExpressions: [{ key: "app", operator: "Gt", values: ["1"] }] }, /not known here/u],
  [{ matchExpressions: [{ key: "app", operator: "In", values: [] }] }, /not known here/u],
  [{ matchExpressions: [{ key: "app", operator: "Exists", values: ["kong"] }] }, /not known here/u],
  [{ matchExpressions: [{ key: "app in (a),b", operator: "Exists" }] }, /not known here/u],
])("one that would select others' pods, or is not known, is refused: %j", (selector, expected) => {
  expect(selected(selector)).toEqual({ ok: false, problem: expect.stringMatching(expected) });
});
