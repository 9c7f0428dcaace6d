import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";
import { createMachine } from "./machines.ts";

const program = `
import { mkdir, open, readFile } from "node:fs/promises";
import { uptime } from "node:os";
const folder = process.env.KONG_UPGRADE_DATA;
const write = (name) => open(folder + name, "w").then((file) => file.close(), ({ code }) => code);
console.log(JSON.stringify({
  days: [Date.now(), new Date().getTime(), Date.parse(new Date().toISOString())],
  isDate: new Date(0) instanceof Date && new Date(2026, 0).getFullYear() === 2026,
  steady: performance.now(),
  uptime: uptime(),
  bootId: (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim(),
  inside: await write("/room"),
  outside: await write("-elsewhere"),
  folder: await mkdir(folder + "/deep", { recursive: true }).then(() => "made", ({ code }) => code),
}));`;
const toldSchema = z.object({
  days: z.array(z.number()),
  isDate: z.boolean(),
  steady: z.number(),
  uptime: z.number(),
  bootId: z.string(),
  inside: z.string().optional(),
  outside: z.string().optional(),
  folder: z.string(),
});

test("a program is told another day, another boot and a full disk, and all of it is real again afterwards", async () => {
  const root = await mkdtemp(join(tmpdir(), "kong-upgrade-machine-"));
  await using _ = { [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
  const machine = createMachine(join(root, "machine"));
  const ask = async () => {
    const words = [...machine.nodeWords, "--input-type=module", "--eval", program];
    const env = { ...machine.env, KONG_UPGRADE_DATA: join(root, "data") };
    const { stdout } = await execa(process.execPath, words, { env, timeout: 120_000 });
    return toldSchema.parse(JSON.parse(stdout));
  };

  const before = await ask();
  expect(before).toMatchObject({ inside: "ENOENT", folder: "made", isDate: true });
  machine.setClock(-3_600_000);
  machine.fillDisk(true);
  machine.boot();
  const hurt = await ask();
  expect(hurt).toMatchObject({ inside: "ENOSPC", folder: "made", isDate: true });
  for (const day of hurt.days) expect(day).toBeLessThan(Math.min(...before.days) - 3_000_000);
  expect(hurt.steady).toBeLessThan(20_000);
  expect(hurt.uptime).toBeLessThan(30);
  expect(hurt.bootId).not.toBe(before.bootId);

  machine.setClock(0);
  machine.fillDisk(false);
  const after = await ask();
  expect(after).toMatchObject({ bootId: hurt.bootId });
  expect([after.inside, after.outside, hurt.outside]).toEqual([undefined, undefined, undefined]);
  expect(Math.min(...after.days)).toBeGreaterThan(Math.max(...before.days));
});
