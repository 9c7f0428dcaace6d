import { expect, test } from "vitest";
import { assess } from "#src/kong/assess/assess.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import { hopOf } from "./example-hop.ts";
import { inventoryOf } from "./installation.ts";

function findings(id: string, handler: string): number {
  const hazards = catalogue.filter((hazard) => hazard.id === id);
  const [hazard] = hazards;
  if (hazard === undefined) throw new Error(`${id} is no hazard`);
  return assess(inventoryOf({ lua: { "house/handler.lua": handler } }), hopOf(hazard, {}), hazards).findings.length;
}

// What Kong's loader takes: Kong/kong 3.0.0 kong/db/dao/plugins.lua with Kong/version.lua, which picks the first number.
test.each([
  ['return { PRIORITY = 1, VERSION = "1.0.0" }', 0],
  ['return { PRIORITY = 1, VERSION = "0.1.0-1" }', 0],
  ['return { PRIORITY = 1, VERSION = "v1.2" }', 0],
  ['return { PRIORITY = 1e3, VERSION = "1." }', 0],
  ['P.PRIORITY, P.VERSION = 900, "2"', 0],
  ['P["PRIORITY"] = 0x10 P["VERSION"] = "1"', 0],
  ['return { PRIORITY = 1, VERSION = "1.2.3.4" }', 1],
  ['return { PRIORITY = 1, VERSION = "1..2" }', 1],
  ['return { PRIORITY = 1, VERSION = "dev" }', 1],
  ["return { PRIORITY = 1, VERSION = 1.0 }", 1],
  ['return { PRIORITY = 0.5, VERSION = "1.0.0" }', 1],
  ['return { PRIORITY = "1", VERSION = "1.0.0" }', 1],
  ['return { --[[ PRIORITY = 1, ]] VERSION = "1.0.0" }', 1],
  ['if PRIORITY == 1 then return { VERSION = "1.0.0" } end', 1],
])("a handler %s is refused: %i", (handler, refused) => {
  expect(findings("30-priority-version", handler)).toBe(refused);
});

test("what is commented out in any way is not required", () => {
  const commented = 'local x = 1 -- require "kong.singletons"\n--[[\nlocal s = require "kong.singletons"\n]]\n';
  expect(findings("30-singletons", commented)).toBe(0);
  expect(findings("30-singletons", `${commented}local s = require "kong.singletons"\n`)).toBe(1);
});
