import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportRecord } from "#src/record/export.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import { verifyChain } from "#src/record/verify-chain.ts";
import { verifyExport } from "#src/record/verify.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { runKongUpgrade } from "#test/journeys/support/terminal.ts";

/** Every event has to be chained as it lies in the table, and the exported record has to verify with the bot's key. */
export async function judgeRecord(record: UpgradeRecord, id: UpgradeId, keysFile: string): Promise<readonly string[]> {
  const broken = await judgeChain(record, id);
  if (broken.length > 0) return broken;
  const keys = (await readPublicKeyFile(keysFile)) ?? [];
  const { json } = exportRecord(await record.events(id, 0), await record.checkpoints(id), keys);
  const exported = verifyExport(json);
  return exported.ok ? [] : [`${id}: the exported record does not verify: ${exported.problem.sentence}`];
}

/** Every event has to follow from the one before, as they lie in the table. */
export async function judgeChain(record: Pick<UpgradeRecord, "rawEvents">, id: UpgradeId): Promise<readonly string[]> {
  const stored = verifyChain(id, await record.rawEvents(id));
  return stored.ok ? [] : [`${id}: ${stored.problem.sentence}`];
}

/** The same by the command line, as an auditor would: once for all, because each call is a process. */
export async function judgeByCommandLine(
  record: UpgradeRecord,
  id: UpgradeId,
  keysFile: string,
): Promise<readonly string[]> {
  const keys = (await readPublicKeyFile(keysFile)) ?? [];
  const { json } = exportRecord(await record.events(id, 0), await record.checkpoints(id), keys);
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-chaos-record-"));
  try {
    const file = join(folder, `${id}.json`);
    await writeFile(file, json);
    const { status, stdout, stderr } = await runKongUpgrade(["verify", file], {});
    return status === 0 ? [] : [`${id}: kong-upgrade verify ends with ${status ?? "a signal"}: ${stdout}${stderr}`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
