import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { readStepUpKeys } from "#src/step-up/keys.ts";
import { keyText, newerKeyText } from "./stage.ts";

test("a key file is made on first use, for its owner only, and many that start at once agree on it", async () => {
  await using folder = await scratch();
  const file = join(folder.path, "deep", "step-up-key");

  const read = await Promise.all(Array.from({ length: 8 }, () => readStepUpKeys({ file })));

  expect(new Set(read.map(([{ id }]) => id)).size).toBe(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(Buffer.from(await readFile(file, "utf8"), "base64")).toHaveLength(32);
});

test("a key file that others can read is refused", async () => {
  await using folder = await scratch();
  const file = join(folder.path, "step-up-key");
  await readStepUpKeys({ file });
  await chmod(file, 0o640);

  await expect(readStepUpKeys({ file })).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringMatching(/the step-up key .* chmod 600/u),
  });
});

test("several keys are read in their order, from a file as from the variable", async () => {
  await using folder = await scratch();
  const file = join(folder.path, "step-up-key");
  await writeFile(file, `${newerKeyText}\n${keyText}\n`, { mode: 0o600 });

  const [newer, older] = await readStepUpKeys({ file });

  expect(newer.id).not.toBe(older?.id);
  expect(await readStepUpKeys({ text: ` ${newerKeyText} ${keyText}` })).toMatchObject([
    { id: newer.id },
    { id: older?.id },
  ]);
});

test.each([
  "",
  "short",
  Buffer.alloc(31, 7).toString("base64"),
  Buffer.alloc(33, 7).toString("base64"),
  `${keyText}\nnonsense-key-material`,
  Array.from({ length: 11 }, () => keyText).join("\n"),
])("what is no key is refused without being shown (%#)", async (text) => {
  const failed: unknown = await readStepUpKeys({ text }).catch((cause: unknown) => cause);

  expect(failed).toMatchObject({ code: "config_invalid", message: expect.stringContaining("openssl rand -base64 32") });
  for (const word of text.split("\n").filter((part) => part !== "")) expect(inspect(failed)).not.toContain(word);
});

test("a key does not show in what is printed", async () => {
  const keys = await readStepUpKeys({ text: keyText });
  const printed = `${inspect(keys, { depth: 9, showHidden: true })} ${JSON.stringify(keys)}`;

  expect(printed).toContain(keys[0].id);
  expect(printed).not.toContain(keyText);
  expect(printed).not.toContain(Buffer.alloc(4, 7).toString("hex"));
});

async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kong-upgrade-step-up-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
