import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";
import { hasSshServer, startSshServer } from "./transports/ssh-server.ts";

describe.runIf(hasSshServer)("while nobody reaches the place where a command runs", () => {
  test("its output tells so and why, and again when somebody answers", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => {
      const script = `echo x > ${folder}/begun; until [ -e ${folder}/go ]; do sleep 0.1; done; echo x > ${folder}/work`;
      return [
        createStep({
          action: { kind: "commands", commands: [shell(script, { via: server.transport })] },
          timeoutMs: 60_000,
          proof: [present(`${folder}/work`)],
        }),
      ];
    });
    const output = async (): Promise<string> => {
      const place = { upgradeId: stage.id, stepId: "work", attempt: 1 };
      const chunks = await stage.record.readOutput(place, { afterSeq: 0, limit: 1_000 });
      return chunks.map(({ text }) => text).join("");
    };
    await stage.start();
    await waitUntil("the command to begin", () => existsSync(`${stage.folder}/begun`));
    await server.stop();
    const told = await waitUntil(
      "the output to tell of it",
      async () => /^\[no contact.*$/mu.exec(await output())?.[0],
    );
    expect(told).toMatch(/ssh \S+@127\.0\.0\.1:\d+ cannot be reached|Connection refused/u);
    expect(told).toContain("the command goes on");
    await server.restart();
    await waitUntil("an answer to be told", async () => /^\[contact again/mu.test(await output()));
    await writeFile(`${stage.folder}/go`, "");
    expect((await stage.until("work", "done")).report).toMatchObject({ outcome: "done", commands: [{ exitCode: 0 }] });
  });
});
