import { expect, test } from "vitest";
import type { MigrationState } from "#src/kong/facts.ts";
import { compareMigrations } from "#src/run/probes/compare-migrations.ts";

const said: MigrationState = {
  state: "pending",
  executed: { core: ["000_base"], acl: ["000_base_acl"] },
  pending: { core: ["016_280_to_300"] },
  new: {},
};
const rows = [
  { subsystem: "core", executed: ["000_base"], pending: ["016_280_to_300"] },
  { subsystem: "acl", executed: ["000_base_acl"], pending: [] },
];

test("equal names agree, and subsystems of plugins that are not loaded do not matter", () => {
  const more = [...rows, { subsystem: "vitals", executed: ["000_base_vitals"], pending: [] }];
  expect(compareMigrations(said, more)).toEqual({ kind: "agree" });
});

test("a schema with names that the CLI does not know is newer", () => {
  const newer = [{ subsystem: "core", executed: ["000_base", "017_300_to_310"], pending: ["016_280_to_300"] }, ...rows];
  expect(compareMigrations(said, newer.slice(0, 1)).kind).toBe("newer");
});

test.each<[string, MigrationState]>([
  ["says executed what is pending", { ...said, executed: { core: ["000_base", "016_280_to_300"] }, pending: {} }],
  ["says executed what is not recorded", { ...said, executed: { core: ["000_base", "001_x"] } }],
  ["says new what is recorded", { ...said, executed: {}, pending: {}, new: { core: ["000_base", "016_280_to_300"] } }],
  ["names nothing", { state: "up_to_date", executed: {}, pending: {}, new: {} }],
])("a CLI that %s contradicts schema_meta", (_, state) => {
  expect(compareMigrations(state, rows).kind).toBe("contradiction");
});
