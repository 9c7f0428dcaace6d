import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderExamination } from "#src/doctor/check-site.ts";
import { examine } from "#src/doctor/examine.ts";
import { createFolder } from "#test/src/run/stage.ts";

test("a data directory that the program makes itself at its first start is no fault", async () => {
  await using folder = await createFolder();
  await chmod(folder.path, 0o700);
  const absent = join(folder.path, "home", ".kong-upgrade");
  const look = async (path: string, made?: "by itself"): Promise<unknown> =>
    (await examine([folderExamination("data directory", path, made)]))[0];
  expect(await look(absent, "by itself")).toMatchObject({
    verdict: expect.stringMatching(/ok|warning/u),
    seen: expect.stringMatching(/^is made at the first start; .* free$/u),
  });
  // Nobody makes the folder of the backups.
  expect(await look(absent)).toMatchObject({ verdict: "failed" });
  await writeFile(join(folder.path, "file"), "");
  expect(await look(join(folder.path, "file", "data"), "by itself")).toMatchObject({ verdict: "failed" });
});
