import { databaseOf } from "#src/plan/databases-of.ts";
import type { Probe } from "#src/plan/probe.ts";
import { databaseLogin, readMigrationLock } from "#src/discovery/kong-database.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { onSide } from "./side.ts";

/** While somebody holds Kong's migration lock, `up` and `finish` exit with 0 and do nothing. */
export async function migrationLockFree(
  { side }: Extract<Probe, { readonly kind: "migration_lock_free" }>,
  { environment: whole, ports }: ProbeContext,
): Promise<Answer> {
  const environment = onSide(whole, side);
  const login = await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, ports);
  const lock = await readMigrationLock(login, ports);
  return lock === undefined
    ? good("nobody holds Kong's migration lock")
    : bad(`Kong's migration lock is held by ${lock.owner} for ${Math.ceil(lock.secondsLeft)} s more`, [
        `Look for another \`kong migrations\` on every host. One that works: wait until it has ended, then Retry. One that nobody knows: Hold, and find out who started it.`,
        `None works: a process that was killed left the lock behind. It goes by itself in ${Math.ceil(lock.secondsLeft)} s; Retry then. Nothing has to be deleted.`,
      ]);
}
