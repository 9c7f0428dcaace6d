import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { root } from "#test/support/source-tree.ts";

const script = `
  import { logOfPart, openLog, takeOverConsole } from ${JSON.stringify(join(root, "src/log.ts"))};
  const log = openLog("info", "bot");
  takeOverConsole(log);
  logOfPart(log, "slack").info({ n: 1 }, "a line of a part");
  console.warn("IMPORTANT! a library\\nsays so");
  process.emitWarning("old way", "DeprecationWarning");
`;

test("everything that a service writes to standard error is one JSON object a line, with each key once", async () => {
  const { stderr } = await execa(process.execPath, ["--input-type=module", "--eval", script]);
  const lines = stderr.split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ part: expect.any(String), msg: expect.any(String) });
    expect(line.match(/"part":/gu)).toHaveLength(1);
  }
  expect(lines[0]).toContain('"part":"slack"');
  expect(lines[1]).toContain("IMPORTANT! a library");
  expect(lines[2]).toContain("old way");
});
