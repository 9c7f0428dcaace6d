import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import { conversionOf } from "#src/plan/steps/deck-command.ts";
import { freshEnvironment } from "./environments/fresh-data-store.ts";
import { linesOf } from "./environments/step-facts.ts";
import { planOf } from "./environments/subject.ts";
import { factsOf } from "./environments/wishes.ts";

const sources = { plugins: [], scripts: [], dashboards: [], manifests: [], helmValues: [] };

/** What decK is told on the way from one version to another; `by hand` where a person loads. */
function loading(changes: Partial<Environment>, from = "2.8.5", to = "3.4.2"): readonly string[] {
  const environment = freshEnvironment(changes);
  const facts = factsOf(environment, from);
  const { steps } = planOf("fresh-data-store", { environment, facts, to, order: "test-first" });
  return steps.flatMap((step) => {
    if (step.phase === "back_up") return [];
    if (step.id === "green-load-configuration" && step.action.kind === "manual") return ["by hand"];
    return linesOf(step).filter((line) => line.startsWith("/usr/bin/deck "));
  });
}

const deck = (version: string) => ({ deck: { program: "/usr/bin/deck", version } });

test("decK converts and loads in the spelling of its version", () => {
  const output = "/var/backups/kong-upgrade/KU-2026-0007.converted.yml";
  expect(loading(deck("1.65.1"))).toStrictEqual([
    `/usr/bin/deck file convert --from 2.8 --to 3.4 --input-file /etc/kong/kong.yml -o ${output} --no-expand-env-vars`,
    `/usr/bin/deck gateway sync ${output} --kong-addr http://127.0.0.1:9001`,
  ]);
  expect(loading(deck("1.17.0"), "2.8.5", "3.0.2")).toStrictEqual([
    `/usr/bin/deck convert --from kong-gateway-2.x --to kong-gateway-3.x --input-file /etc/kong/kong.yml --output-file ${output}`,
    `/usr/bin/deck sync -s ${output} --kong-addr http://127.0.0.1:9001`,
  ]);
});

test("what needs no conversion, or was converted by the team, is loaded as it is", () => {
  const sync = (file: string) => [`/usr/bin/deck gateway sync ${file} --kong-addr http://127.0.0.1:9001`];
  expect(loading({}, "3.4.2", "3.5.0")).toStrictEqual(sync("/etc/kong/kong.yml"));
  const converted = { declarative: { file: "/etc/kong/kong.yml", converted: "/etc/kong/kong-3.yml" } };
  expect(loading(converted)).toStrictEqual(sync("/etc/kong/kong-3.yml"));
});

test.each<readonly [string, Partial<Environment>]>([
  ["without decK", { deck: undefined }],
  ["when decK is too old to convert", deck("1.17.0")],
  ["without a file", { sources: { ...sources, declarative: [] } }],
  [
    "with several files, of which the second could delete what the first brought",
    { sources: { ...sources, declarative: ["/a.yml", "/b.yml"] } },
  ],
  [
    "when the Admin API wants a token, which everybody could read among the arguments",
    { adminApi: { token: { env: "T" } } },
  ],
] as const)("a person loads the configuration %s", (_, changes) => {
  expect(loading(changes)).toStrictEqual(["by hand"]);
});

test.each([
  ["2.8.5", "3.4.2", "2.8-3.4"],
  ["2.1.4", "3.0.2", "2.x-3.x"],
  ["2.8.5", "3.0.2", "2.x-3.x"],
  ["3.4.3.5", "3.10.0.2", "3.4-3.10"],
  ["3.10.0.2", "3.14.0.1", "3.10-3.14"],
  ["3.4.2", "3.5.0", undefined],
  ["2.8.1", "2.8.5", undefined],
])("a file from %s to %s is converted by %s", (from, to, conversion) => {
  expect(conversionOf(from, to)).toBe(conversion);
});
