import type { KongWorld } from "./kong-world.ts";
import type { ReplayPlan } from "./replay.ts";
import { bootstrapped, envWithout, filledBy28, finishedBy34, serveFile } from "./world-states.ts";

const gateway = "an HTTP request: the gateway's, not the command line's";
const network = "192.0.2.1 is refused at once only in the recorder's network";

const badConf = (world: KongWorld) => serveFile(world, "bad.conf", "database = mysql\n");

/** The commands of transcript 07 are the same for both versions. */
function errorsPlan(version: string): ReplayPlan {
  return {
    setUp: async (world) => {
      await bootstrapped(world, version);
      await badConf(world);
    },
    // `kong check` was recorded without KONG_DATABASE, which would override the bad file (transcript 03).
    run: {
      32: (world, command) =>
        world.kong(
          command.version,
          command.words.map(world.local),
          envWithout(world, (name) => name === "KONG_DATABASE"),
        ),
    },
    leftOut: { 9: network },
  };
}

export const schemaPlans: Readonly<Record<string, ReplayPlan>> = {
  "01-bootstrap-2.8.5": {},
  "02-bootstrap-3.4.2": {},
  "04-upgrade-2.8.5-to-3.4.2": {
    setUp: filledBy28,
    leftOut: { 18: gateway, 26: gateway, 32: gateway, 33: gateway, 34: gateway },
  },
  "07-errors-2.8.5": errorsPlan("2.8.5"),
  "07-errors-3.4.2": errorsPlan("3.4.2"),
  "10-upgrade-3.4.2-to-3.9.3": {
    before: { 2: finishedBy34, 24: filledBy28 },
    leftOut: { 20: gateway, 21: "the practice gateway cannot drain" },
  },
  "13-pg_dump-and-rollback": {
    setUp: filledBy28,
    before: {
      1: forgetUpgrade,
      5: filledBy28,
      7: filledBy28,
      12: filledBy28,
    },
  },
  "16-upgrade-2.8.5-to-3.0.2": { before: { 2: filledBy28 } },
  "17-finish-forgotten-between-upgrades": { setUp: filledBy28 },
  "19-odd-arguments-and-first-run": {
    setUp: (world) => bootstrapped(world, "3.4.2"),
    before: {
      4: (world) => setPassword(world, `a'b"c $x #y`),
      5: (world) => setPassword(world, `a'b"c $x #y`),
    },
    leftOut: { 3: "runs shell code from an argument; not simulated on purpose" },
  },
};

/** What `pg_restore --clean` over an upgraded database brings back although the tables stay upgraded: `schema_meta`. */
async function forgetUpgrade(world: KongWorld): Promise<void> {
  await world.admin.query("delete from schema_meta where subsystem in ('http-log', 'pre-function', 'post-function')");
  await world.admin.query(
    `update schema_meta set
       pending = case when pending = '{016_280_to_300}' then '{}' else pending end,
       executed = array(select name from unnest(executed) with ordinality as list (name, position)
                        where name !~ '_to_3[0-9][0-9]$' order by position)`,
  );
  await world.admin.query("update schema_meta set last_executed = executed[array_upper(executed, 1)]");
}

async function setPassword(world: KongWorld, password: string): Promise<void> {
  await world.admin.query(`alter role ${world.role} password ${world.admin.escapeLiteral(password)}`);
}
