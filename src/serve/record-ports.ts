import type { RecordPorts } from "#commands/command.ts";
import { exportRecord } from "#src/record/export.ts";
import type { Record } from "#src/record/record.ts";
import { signCheckpoint } from "#src/record/sign-checkpoint.ts";
import { verifyStored } from "#src/record/verify.ts";
import type { KeyRing } from "#src/signing/key-ring.ts";
import type { ThreadAccess } from "#src/slack/app.ts";

/** What `record` and `verify` do in Slack: files into the thread, and the stored chain against the heads that the thread holds. */
export function recordPorts(record: Record, thread: ThreadAccess, keys: KeyRing): RecordPorts {
  return {
    exportRecord: async (upgradeId) => {
      await signCheckpoint(record, upgradeId, keys);
      const events = await record.events(upgradeId, 0);
      const { json, markdown } = exportRecord(events, await record.checkpoints(upgradeId), keys.trusted);
      const files = [`${upgradeId}.md`, `${upgradeId}.json`] as const;
      await thread.uploadFile({ upgradeId, name: files[0], title: `Change record ${upgradeId}`, text: markdown });
      await thread.uploadFile({
        upgradeId,
        name: files[1],
        title: `Change record ${upgradeId}, verifiable`,
        text: json,
      });
      return { files, events: events.length };
    },
    lockOn: (environment) => record.lockOn(environment),
    verifyRecord: async (upgradeId) => {
      const verified = await verifyStored(record, upgradeId, { ownKeys: keys.trusted });
      if (!verified.ok) return { kind: "broken", problem: verified.problem.sentence };
      const { events, head } = verified.value;
      const heads = await thread.readHeads(upgradeId);
      const wrong = heads.find(({ version, hash }) => events.find((event) => event.version === version)?.hash !== hash);
      return wrong === undefined
        ? { kind: "ok", events: events.length, head, witnessed: heads.length }
        : {
            kind: "broken",
            problem: `the thread holds head ${wrong.hash} for event ${wrong.version}, which the record does not have`,
          };
    },
  };
}
