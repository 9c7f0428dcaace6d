import { expect, test } from "vitest";
import { livePorts } from "#src/discovery/live-ports.ts";
import { readRoster } from "#src/serve/rosters.ts";
import { askKubectl } from "#src/run/transports/kubectl.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { chmod, writeFile } from "node:fs/promises";

/** What a wrapper leaves that starts a helper of its own, as credential plugins of kubectl do: it holds both pipes. */
const hanging = "setsid sleep 30 & sleep 30";

async function took(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work.catch(() => undefined);
  return performance.now() - startedAt;
}

test("a look is over at its time limit, whoever still holds its pipes", async () => {
  const ports = livePorts({ resolveSecret: async () => "", baseEnv: { PATH: "/usr/bin:/bin" } });
  const looking = ports.runCommand({ argv: ["/bin/sh", "-c", hanging], env: {}, timeoutMs: 300 });
  expect(await took(looking)).toBeLessThan(15_000);
  expect(await looking).toMatchObject({ timedOut: true });
});

test("a list of people is over at its time limit, too", async () => {
  const source = { kind: "command", argv: ["/bin/sh", "-c", hanging], timeoutMs: 300 } as const;
  const reading = readRoster({ name: "on-call", source });
  expect(await took(reading)).toBeLessThan(15_000);
  await expect(reading).rejects.toThrow("did not end within 300 ms");
});

test("kubectl is over at its time limit, also where a wrapper of it started something", async () => {
  await using folder = await createFolder();
  const kubectl = `${folder.path}/kubectl`;
  await writeFile(kubectl, `#!/bin/sh\n${hanging}\n`);
  await chmod(kubectl, 0o755);
  const asking = askKubectl(
    { kubectl, context: "prod", namespace: "gateway" },
    { PATH: "/usr/bin:/bin" },
    ["get", "pods"],
    { timeoutMs: 300 },
  );
  expect(await took(asking)).toBeLessThan(15_000);
  expect(await asking).toMatchObject({ kind: "failed", problem: expect.stringContaining("300 ms") });
});
