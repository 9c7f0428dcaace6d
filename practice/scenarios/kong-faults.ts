import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { approveBy, choose, drive, planAndStart } from "./director.ts";
import { findButton } from "./people.ts";
import { exportAndVerify } from "./record-check.ts";
import type { Scenario } from "./scenario.ts";
import { alice, carol, erin } from "./stage.ts";
import { demand, demandOld, demandUpgraded, inspect } from "./world-check.ts";

/** Kong prints "aborted: another node is performing database changes" and exits 0 without having done anything. */
export const abortedExitZero: Scenario = {
  name: "aborted-exit-0",
  summary: "another node holds Kong's migration lock: exit status 0 and nothing done; seen, shown, retried",
  run: async (open) => {
    await using stage = await open();
    await stage.kongFaults({ "migrations up": { hold_lock_as: "another-node", hold_lock_ms: 4_000 } });
    await planAndStart(stage);
    let troubles = 0;
    const ending = await drive(stage, {
      onTrouble: async (prompt) => {
        troubles += 1;
        const { pending, core } = await inspect(stage);
        demand(
          pending.length === 0 && !core.includes("016_280_to_300"),
          "nothing was migrated when the prompt appears",
        );
        demand(
          /abort|lock|not done|did not/iu.test(prompt.message.text),
          `the prompt says why:\n${prompt.message.text}`,
        );
        await stage.kongFaults({});
        await choose(stage, "Retry")(prompt);
      },
    });
    demand(troubles === 1, `one failure prompt appeared (${troubles})`);
    demand(ending === "completed", `the upgrade completes after the retry (it ended: ${ending})`);
    await demandUpgraded(stage);
    return await exportAndVerify(stage);
  },
};

/** A migration raises; people go back. */
export const upFails: Scenario = {
  name: "up-fails",
  summary: "a migration raises an error; the prompt is answered with a rollback, which restores the backup",
  run: async (open) => {
    await using stage = await open();
    await stage.kongFaults({ "migrations up": { raise_in: "016_280_to_300" } });
    await planAndStart(stage);
    const ending = await drive(stage, { onTrouble: choose(stage, "Roll back") });
    demand(ending === "rolled back", `the upgrade is rolled back (it ended: ${ending})`);
    await demandOld(stage);
    return await exportAndVerify(stage);
  },
};

/** The dump is cut in half behind everybody's back. */
export const badBackup: Scenario = {
  name: "bad-backup",
  summary: "the dump is truncated: stops before anything is stopped or migrated",
  run: async (open) => {
    await using stage = await open({ replacePgDump: truncatingPgDump });
    await planAndStart(stage);
    const ending = await drive(stage, {
      onTrouble: async (prompt) => {
        const { versions, core } = await inspect(stage);
        demand(
          Object.values(versions).every((version) => version === "2.8.5"),
          "both nodes still serve 2.8.5",
        );
        demand(!core.includes("016_280_to_300"), "nothing was migrated");
        await choose(stage, "Roll back")(prompt);
      },
    });
    demand(ending === "rolled back", `nothing had to be undone but the freeze (it ended: ${ending})`);
    await demandOld(stage);
    const tally = await exportAndVerify(stage);
    demand(
      !tally.exported.some(({ event }) => event.type === "step_started" && event.stepId === "migrations-up"),
      "migrations up was never started",
    );
    return tally;
  },
};

async function truncatingPgDump(path: string): Promise<string> {
  const script = join(import.meta.dirname, "truncate-dump.ts");
  const file = join("/tmp", `kong-upgrade-truncating-pg-dump-${process.pid}`);
  await writeFile(file, `#!/bin/sh\nexec ${[process.execPath, script, path].map(quote).join(" ")} "$@"\n`, {
    mode: 0o755,
  });
  return file;
}

/** After `finish` only a restore brings the old version back. */
export const finishThenRollback: Scenario = {
  name: "finish-then-rollback",
  summary: "past the point of no return somebody wants back: the backup is restored into a fresh database",
  run: async (open) => {
    await using stage = await open();
    await planAndStart(stage);
    let approvals = 0;
    const ending = await drive(stage, {
      onApproval: async (prompt) => {
        const isDecommission = /decommission|remove the old/iu.test(prompt.message.text.split("\n")[0] ?? "");
        if (isDecommission) {
          const { pending, core } = await inspect(stage);
          demand(pending.length === 0 && core.includes("016_280_to_300"), "finish is done");
          await stage.press(alice, "Roll back");
          return;
        }
        approvals += 1;
        demand(findButton(prompt.message, "Approve") !== undefined, "the request can be approved");
        await approveBy(stage, [carol, erin])(prompt);
      },
    });
    demand(approvals === 2, `finish and the restore were approved (${approvals})`);
    demand(ending === "rolled back", `the upgrade is rolled back (it ended: ${ending})`);
    await demandOld(stage);
    const seen = await inspect(stage);
    demand(
      seen.databases.length > 2,
      `the upgraded database is kept under another name (${seen.databases.join(", ")})`,
    );
    return await exportAndVerify(stage);
  },
};

/** One word of a POSIX shell line. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
