import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const log = fileURLToPath(new URL("../../src/log.ts", import.meta.url));

test.runIf(existsSync("/dev/full"))("a log on a full disk ends no process", async () => {
  // More than is kept, lines while it cannot be written, and an end that nothing holds up.
  const program = `
    import { openLog } from ${JSON.stringify(log)};
    const log = openLog("info", "runner");
    for (let line = 0; line < 2000; line += 1) log.info({ text: "x".repeat(5000) }, "a line");
    setTimeout(() => { log.info("another"); }, 100);
    setTimeout(() => { process.stdout.write("it lives"); process.exit(3); }, 300);
  `;
  const script = `exec "$0" --input-type=module -e "$1" 2>/dev/full`;
  const ran = await execa("/bin/sh", ["-c", script, process.execPath, program], { reject: false, timeout: 120_000 });
  expect(ran).toMatchObject({ stdout: "it lives", exitCode: 3 });
});
