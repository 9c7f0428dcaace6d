import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { seeProcesses } from "#test/chaos/world/process-tree.ts";
import { judgeOrphans } from "./orphans.ts";

test.runIf(process.platform === "linux")("a process that a step left behind is found", async () => {
  const marker = `chaos-test-${process.pid}:5432/kong#KU-2026-0001/migrations-up/1`;
  const mine = async () => (await seeProcesses()).filter((each) => each.marker === marker);
  expect(judgeOrphans(await mine())).toEqual([]);
  const left = spawn("sleep", ["60"], {
    env: { PATH: "/usr/bin:/bin", UPGRADE_STEP_ATTEMPT: marker },
    stdio: "ignore",
  });
  await once(left, "spawn");
  expect(judgeOrphans(await mine())).toEqual([`process ${left.pid} (sleep 60) of ${marker} is left`]);
  left.kill("SIGKILL");
  await once(left, "exit");
  expect(judgeOrphans(await mine())).toEqual([]);
});
