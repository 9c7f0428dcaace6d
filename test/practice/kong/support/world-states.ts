import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { seedPracticeEntities } from "#practice/kong/seed.ts";
import type { KongWorld } from "./kong-world.ts";

/** Runs a command that the recorder ran before or between the recorded ones; it has to succeed. */
export async function prepare(world: KongWorld, version: string, ...words: readonly string[]): Promise<void> {
  const ended = await world.kong(version, ["kong", ...words]);
  expect(ended.exitCode, `kong ${words.join(" ")}: ${ended.stderr}`).toBe(0);
}

/** An empty database becomes one of this version. */
export async function bootstrapped(world: KongWorld, version: string): Promise<void> {
  await world.wipe();
  await prepare(world, version, "migrations", "bootstrap");
}

/** A fresh database of 2.8.5 with entities. */
export async function filledBy28(world: KongWorld): Promise<void> {
  await bootstrapped(world, "2.8.5");
  const { KONG_PG_HOST = "", KONG_PG_PORT = "", KONG_PG_USER = "", KONG_PG_DATABASE = "" } = world.env;
  await seedPracticeEntities(`postgres://${KONG_PG_USER}:kong@${KONG_PG_HOST}:${KONG_PG_PORT}/${KONG_PG_DATABASE}`);
}

/** A database of 2.8.5 that 3.4.2 has upgraded and finished. */
export async function finishedBy34(world: KongWorld): Promise<void> {
  await filledBy28(world);
  await prepare(world, "3.4.2", "migrations", "up");
  await prepare(world, "3.4.2", "migrations", "finish");
}

/** A file under the recorder's /srv/kong. */
export async function serveFile(world: KongWorld, name: string, text: string): Promise<void> {
  await writeFile(join(world.folder, "srv", name), text);
}

/** The world's environment without some variables. */
export function envWithout(world: KongWorld, isDropped: (name: string) => boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(world.env).filter(([name]) => !isDropped(name)));
}

/** Makes the recorder's role lose its right to log in, or gives it back; its sessions end. */
export async function setLogin(world: KongWorld, right: "login" | "nologin"): Promise<void> {
  await world.admin.query(`alter role ${world.role} ${right}`);
  if (right === "nologin") {
    await world.admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [world.role]);
  }
}

/** Lets a lock row that somebody left behind run out now instead of later. */
export async function expireLock(world: KongWorld): Promise<void> {
  await world.admin.query("update locks set ttl = current_timestamp - interval '1 second'");
}
