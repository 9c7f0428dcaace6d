import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll } from "vitest";
import { root } from "#test/support/source-tree.ts";

let folder: string;

/** Gives the file of tests that calls it a folder of its own, for as long as its tests run. */
export function useFolder(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "check-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
}

/** A path in the folder that the program runs in; see {@link useFolder}. */
export function inFolder(...names: readonly string[]): string {
  return join(folder, ...names);
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** The program as a pipeline starts it: no Slack, no database, no configuration file. */
export async function kongUpgrade(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const program = join(root, "bin", "kong-upgrade.js");
  const { stdout, stderr, exitCode } = await execa(process.execPath, [program, ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
    extendEnv: false,
    reject: false,
    timeout: 120_000,
  });
  return { stdout, stderr, exitCode };
}

/** Writes a file into that folder and returns its name. */
export async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

/** A file of 2.x with a regular expression that lacks its ~ and a field with its old name. */
export const old = String.raw`_format_version: "2.1"
services:
- name: orders
  host: orders.internal
  routes:
  - name: by-id
    paths:
    - /plain
    - /orders/\d+$
  plugins:
  - name: acl
    config:
      whitelist:
      - admins
`;

/** A file in which nothing is found. */
export const clean = `_format_version: "3.0"
services:
- name: orders
  host: orders.internal
  routes:
  - name: plain
    paths:
    - /plain
`;

export const hop = ["--from", "2.8.5", "--to", "3.4.2"] as const;
