import { once } from "node:events";
import { createServer } from "node:net";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { areFree, freePorts } from "#practice/world/free-ports.ts";

const module = JSON.stringify(new URL("../../../practice/world/free-ports.ts", import.meta.url).href);

test("ports are free, and below those that outgoing connections get", async () => {
  const ports = await freePorts(5);
  expect(new Set(ports).size).toBe(5);
  expect(await areFree(ports)).toBe(true);
  expect(ports.every((port) => port > 1_024 && port < 32_768)).toBe(true);
});

test("nobody gets the same ports twice, in this process or in another, although nobody listens on them", async () => {
  const begin = 7;
  const mine = [...(await freePorts(15, begin)), ...(await freePorts(15, begin))];
  expect(new Set(mine).size).toBe(30);
  const program = `import { freePorts } from ${module}; process.stdout.write(JSON.stringify(await freePorts(15, ${begin})))`;
  const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", program]);
  const others = z.array(z.number()).parse(JSON.parse(stdout));
  expect(others).toHaveLength(15);
  expect(others.filter((port) => mine.includes(port))).toEqual([]);
});

test("a port that somebody listens on is not free", async () => {
  const [port = 0] = await freePorts(1);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  expect(await areFree([port])).toBe(false);
});

test("more than a block has are refused", async () => {
  await expect(freePorts(16)).rejects.toThrow(/16 ports at once/u);
});
