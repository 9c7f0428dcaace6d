import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportRecord } from "#src/record/export.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import { generateKey, publicKeyPem } from "#src/signing/signing-key.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { completedRecord, rechain } from "#test/src/record/sealed.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import { id } from "#test/support/given.ts";
import { carol, dave } from "#test/support/samples.ts";
import { votesOf } from "#test/support/standings.ts";

const checkedAt = "2026-11-21T03:00:00.000Z";
const standing: SignedStanding = {
  upgradeId: id,
  environment: "practice",
  stepId: "migrations-finish",
  attempt: 1,
  digest: `sha256:${"a".repeat(64)}`,
  ...votesOf([carol, dave]),
  checkedAt,
  expiresAt: "2026-11-21T04:00:00.000Z",
};

/** The script of docs/checking-approvals.md, as it stands there. */
async function documentedScript(): Promise<string> {
  const page = await readFile(new URL("../../../docs/checking-approvals.md", import.meta.url), "utf8");
  const [, script] = /```sh\n([\s\S]+?)```/u.exec(page) ?? [];
  if (script === undefined) throw new Error("the page has no script");
  return script;
}

/** Runs what the page says on an exported record in a folder of its own. */
async function runScript(
  change: (json: string) => string = (json) => json,
): Promise<{ status: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-openssl-"));
  try {
    const key = generateKey();
    const envelope = signStanding(standing, key);
    const real = (event: UpgradeEvent): UpgradeEvent =>
      event.type === "approval_signed" ? { ...event, envelope } : event;
    const events = rechain(
      id,
      completedRecord(id).map(({ upgradeId, version, at, actor, event }) => ({
        upgradeId,
        version,
        at,
        actor,
        event: real(event),
      })),
    );
    const { json } = exportRecord(events, [], [key.publicKey]);
    await writeFile(join(folder, `${id}.json`), change(json));
    await writeFile(join(folder, "signing-key.pub.pem"), publicKeyPem(key.publicKey));
    await writeFile(join(folder, "check.sh"), await documentedScript());
    const output = execFileSync("/bin/sh", ["check.sh", `${id}.json`, "signing-key.pub.pem"], {
      cwd: folder,
      encoding: "utf8",
      timeout: 120_000,
      env: { PATH: `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { status: 0, output };
  } catch (error) {
    if (!(error instanceof Error && "status" in error && typeof error.status === "number")) throw error;
    return { status: error.status, output: "stdout" in error ? String(error.stdout) : "" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("openssl verifies an exported approval with nothing of this program, as the page says", async () => {
  const { status, output } = await runScript();
  expect(status).toBe(0);
  expect(output).toContain("Signature Verified Successfully");
  expect(output).toContain('"stepId":"migrations-finish"');
  expect(output).toContain(carol.userId);
});

test("openssl refuses an exported approval in which a person was exchanged", async () => {
  const forged = Buffer.from(JSON.stringify(standing).replaceAll(dave.userId, "U0MALLO01")).toString("base64");
  const { status, output } = await runScript((json) =>
    json.replaceAll(/"payload": "[^"]+"/gu, `"payload": "${forged}"`),
  );
  expect(status).not.toBe(0);
  expect(output).not.toContain("Signature Verified Successfully");
});
