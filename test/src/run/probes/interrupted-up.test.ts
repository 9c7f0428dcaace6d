import { expect, test } from "vitest";
import type { MigrationState } from "#src/kong/facts.ts";
import { judgeMigrations } from "#src/run/probes/judge-migrations.ts";
import { withoutDatabase } from "#test/src/run/probe-context.ts";

const halfDone: MigrationState = {
  state: "pending_and_new",
  executed: { core: ["000_base"] },
  pending: { core: ["016_280_to_300"] },
  new: { core: ["017_300_to_310"] },
};

test("after an up that was cut off, the only way on and its price are told", async () => {
  const answer = await judgeMigrations(halfDone, { oneOf: ["new"], who: "Kong 3.4.2 on kong-1" }, withoutDatabase({}));
  expect(answer.verdict).toBe("not_ok");
  expect(answer.summary).toMatch(/finish, then up and finish again.*first finish is already the point of no return/u);
  expect(answer.details).toEqual(["pending core: 016_280_to_300", "new core: 017_300_to_310"]);
});
