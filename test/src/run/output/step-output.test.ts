import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import type { OutputChunk } from "#src/run/output/chunk-store.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { silentLog } from "#test/src/run/stage.ts";

function collect() {
  const stored: OutputChunk[] = [];
  const save = async (chunks: readonly OutputChunk[]): Promise<void> => {
    stored.push(...chunks);
  };
  return { stored, save, text: () => stored.map((chunk) => chunk.text).join("") };
}

test("everything is stored in order, and the digest is over all of it", async () => {
  const { stored, save, text } = collect();
  const output = createStepOutput(createChunkStore(save, silentLog));
  const lines = Array.from({ length: 2_345 }, (_, index) => `line ${index}`);
  for (let start = 0; start < lines.length; start += 100) await output.write(lines.slice(start, start + 100));
  const whole = `${lines.join("\n")}\n`;
  expect(await output.finish()).toEqual({
    digest: `sha256:${createHash("sha256").update(whole).digest("hex")}`,
    lines: 2_345,
    bytes: whole.length,
    tail: lines.slice(-20),
  });
  expect(text()).toBe(whole);
  expect(stored.map((chunk) => chunk.seq)).toEqual(stored.map((_, index) => index + 1));
});

test("no output has the digest of nothing", async () => {
  const output = createStepOutput(createChunkStore(collect().save, silentLog));
  const { digest, lines } = await output.finish();
  expect({ digest, lines }).toEqual({ digest: `sha256:${createHash("sha256").digest("hex")}`, lines: 0 });
});

test("over the bound only digest and tail go on, and a stored line says so", async () => {
  const { save, text } = collect();
  const output = createStepOutput(createChunkStore(save, silentLog), { maxStoredBytes: 1_000 });
  for (let index = 0; index < 500; index += 1) await output.write([`line ${index}`]);
  const report = await output.finish();
  expect(report).toMatchObject({ lines: 500, tail: expect.arrayContaining(["line 499"]) });
  expect(text()).toContain("[output over 1000 bytes: the rest is not stored");
  expect(text().length).toBeLessThan(1_200);
});

test("a slow store slows the writer down", async () => {
  const gate = Promise.withResolvers<void>();
  const output = createStepOutput(createChunkStore(() => gate.promise, silentLog));
  const writing = output.write(Array.from({ length: 600 }, () => "x")).then(() => "written");
  expect(await Promise.race([writing, delay(50, "waiting")])).toBe("waiting");
  gate.resolve();
  expect(await writing).toBe("written");
});

test("chunks that could not be stored are kept in order and handed over", async () => {
  const store = createChunkStore(() => Promise.reject(new Error("away")), silentLog);
  const output = createStepOutput(store);
  await output.write(Array.from({ length: 600 }, (_, index) => `a${index}`));
  await output.write(["last"]);
  await output.finish();
  expect(store.unsent.map((chunk) => chunk.seq)).toEqual([1, 2]);
  expect(store.unsent.at(-1)?.text).toBe("last\n");
});

test("while the database is away only a bounded part is kept, and the gap is named", async () => {
  let isAway = true;
  const { save, text } = collect();
  const store = createChunkStore((chunks) => (isAway ? Promise.reject(new Error("away")) : save(chunks)), silentLog);
  for (let index = 0; index < 40; index += 1) await store.append(`${"x".repeat(65_535)}\n`);
  isAway = false;
  await store.settle();
  expect(store.unsent).toEqual([]);
  expect(text()).toMatch(/\[\d+ characters of output were not stored: the database was away\]/u);
});

test.each([
  "[kong-1] $ kong migrations up --lock-timeout 60",
  "[kong-1 over kubectl] $ kong migrations up --lock-timeout 60",
  "[kong-1 in a job of kong:3.4.2 in gateway] $ kong migrations up --lock-timeout 60",
  "[kong-2] [no contact with kong-2 (ssh kong@cp-2 cannot be reached: Connection refused); it is looked for]",
  "[no contact with kong-1 (ssh kong@cp-1 cannot be reached: Connection refused); it is looked for]",
])("what the runner writes itself is not taken for what a program said: %s", async (line) => {
  const output = createStepOutput(createChunkStore(async () => undefined, silentLog));
  await output.write(["bye", line]);
  expect(output.lastWords()).toBe("bye");
  await output.finish();
});
