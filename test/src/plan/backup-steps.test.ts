import { expect, test } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { planned } from "./planned.ts";
import { sampleEnvironment, sampleFacts, sampleNode } from "./sample.ts";

const deck = { program: "/usr/bin/deck", version: "1.65.1" };
const folder = "/var/backups/kong-upgrade/KU-2026-0007";

function running(version: string): Facts {
  return sampleFacts({ nodes: ["kong-1", "kong-2"].map((name) => sampleNode(name, version)) });
}

interface Hop {
  readonly from: string;
  readonly to: string;
}

/** The commands of the backup by decK; undefined where the plan has no such step. */
function dumpsOf(changes: Partial<Environment>, { from, to }: Hop): readonly (readonly string[])[] | undefined {
  const environment = sampleEnvironment(changes);
  const plan = planned({ environment, facts: running(from), to, strategy: "in-place" });
  const action = plan.steps.find(({ id }) => id === "backup-deck")?.action;
  return action?.kind === "commands" ? action.commands.map(({ argv }) => argv) : undefined;
}

const oss: Hop = { from: "2.8.5", to: "3.4.2" };
const enterprise: Hop = { from: "2.8.4.1", to: "3.4.3.5" };

test("where decK is configured, both kinds of backup are taken", () => {
  expect(dumpsOf({ deck }, oss)).toStrictEqual([
    ["rm", "-f", `${folder}/deck.yaml`],
    ["/usr/bin/deck", "gateway", "dump", "-o", `${folder}/deck.yaml`, "--kong-addr", "http://127.0.0.1:8001"],
  ]);
});

test("an old decK is told in its own words, and each workspace gets a file of its own", () => {
  const adminApi = { workspaces: ["default", "payments"] };
  const dumps = dumpsOf({ deck: { ...deck, version: "1.17.0" }, edition: "enterprise", adminApi }, enterprise);
  const words = dumps?.filter(([program]) => program !== "rm").map((argv) => argv.slice(1, -2));
  expect(words?.map((argv) => argv.toSorted())).toStrictEqual(
    ["default", "payments"].map((name) => ["dump", "-w", name, "-o", `${folder}/deck-${name}.yaml`].toSorted()),
  );
});

test.each<[string, Partial<Environment>, Hop]>([
  ["decK is not configured", {}, oss],
  [
    "decK would need a token, which everybody could read in its arguments",
    { deck, adminApi: { token: { env: "T" } } },
    oss,
  ],
  ["nobody knows the workspaces of Kong Enterprise", { deck, edition: "enterprise" }, enterprise],
  ["decK is older than the running 3.x", { deck: { ...deck, version: "1.7.0" } }, { from: "3.4.2", to: "3.5.0" }],
])("there is no such step where %s", (_, changes, hop) => {
  expect(dumpsOf(changes, hop)).toBeUndefined();
});

test("templates and custom plugins that a check reads are kept with kong.conf", () => {
  const files = { declarative: [], scripts: [], dashboards: [], manifests: [], helmValues: [] };
  const sources = { ...files, template: "/etc/kong/custom.template", plugins: ["/opt/kong/plugins", "/srv/acme"] };
  const plan = planned({
    environment: sampleEnvironment({ sources }),
    facts: running("2.8.5"),
    to: "3.4.2",
    strategy: "in-place",
  });
  const step = plan.steps.find(({ id }) => id === "backup-files");
  const archive = `${folder}/own-files.tar`;
  const commands = step?.action.kind === "commands" ? step.action.commands : [];
  expect(commands.at(-1)?.argv).toStrictEqual([
    "tar",
    "-cf",
    archive,
    "-C",
    "/",
    "./etc/kong/custom.template",
    "./opt/kong/plugins",
    "./srv/acme",
  ]);
  expect(step?.proof).toMatchObject([{ kind: "files_present", paths: expect.arrayContaining([archive]) }]);
});
