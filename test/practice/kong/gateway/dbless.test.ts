import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";
import { startWorker } from "#practice/kong/gateway/worker.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { prepareNode } from "./simulated-node.ts";

const status = z.looseObject({ configuration_hash: z.string(), database: z.unknown().optional() });

interface Dbless extends AsyncDisposable {
  readonly proxy: string;
  readonly status: string;
}

/** A worker with `database = off` whose file is this text; none where undefined. */
async function startDbless(version: string, text: string | undefined): Promise<Dbless> {
  await using stack = new AsyncDisposableStack();
  const node = stack.use(await prepareNode("postgres://nobody:none@127.0.0.1:1/none"));
  const file = join(node.prefix, "kong.yml");
  if (text !== undefined) await writeFile(file, text);
  const own = ["database = off", ...(text === undefined ? [] : [`declarative_config = ${file}`])];
  const listen = Object.entries(node.ports).map(([name, port]) => `${name}_listen = 127.0.0.1:${port}`);
  await writeFile(join(node.prefix, ".kong_env"), `${[...own, ...listen].join("\n")}\n`);
  const worker = await startWorker({
    prefix: node.prefix,
    version,
    processes: () => ({ master: process.pid, workers: [process.pid] }),
  });
  stack.defer(() => worker.close());
  const closing = stack.move();
  return { proxy: node.proxy, status: node.status, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** One service with a plain route and one that only a regular expression matches. */
function fileOf(format: string, regex: string, port: number): string {
  return `_format_version: "${format}"
services:
- {name: all, host: 127.0.0.1, port: ${port}, routes: [{name: plain, paths: [/orders]}, {name: users, paths: ['${regex}']}]}
plugins:
- {name: request-termination, enabled: false, config: {status_code: 503}}
`;
}

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(url);
  await answer.text();
  return answer.status;
}

test.each([
  ["2.8.5", "2.1", String.raw`/users/\d+/profile`],
  ["3.4.2", "2.1", String.raw`/users/\d+/profile`],
  ["3.4.2", "3.0", String.raw`~/users/\d+/profile`],
])("%s serves what a file of format %s says, regular expressions too", async (version, format, regex) => {
  const upstream = await startUpstream({ port: 0 });
  try {
    await using node = await startDbless(version, fileOf(format, regex, upstream.port));
    expect(await statusOf(`${node.proxy}/orders`)).toBe(200);
    expect(await statusOf(`${node.proxy}/users/42/profile`)).toBe(200);
    expect(await statusOf(`${node.proxy}/users/x/profile`)).toBe(404);
  } finally {
    await upstream.stop();
  }
});

test.each([
  ["2.8.5", { reachable: true }],
  ["3.4.2", undefined],
])(
  "/status of %s tells the hash of the configuration, and of the database what the recorded data planes did",
  async (version, database) => {
    await using node = await startDbless(version, fileOf("2.1", "/a", 9));
    const told = status.parse(await (await fetch(`${node.status}/status`)).json());
    expect(told.configuration_hash).toMatch(/^[0-9a-f]{32}$/u);
    expect(told.configuration_hash).not.toMatch(/^0+$/u);
    expect(told.database).toEqual(database);
  },
);

test("without a file a node has nothing loaded, and its hash is all zeros", async () => {
  await using node = await startDbless("3.4.2", undefined);
  const told = status.parse(await (await fetch(`${node.status}/status`)).json());
  expect(told.configuration_hash).toBe("0".repeat(32));
  expect(await statusOf(`${node.proxy}/orders`)).toBe(404);
});

test("a file that the version cannot read ends the start and is named", async () => {
  const prefix = await mkdtemp(join(tmpdir(), "kong-dbless-"));
  try {
    const file = join(prefix, "kong.yml");
    await writeFile(file, '_format_version: "3.0"\n');
    await mkdir(join(prefix, "logs"));
    await writeFile(join(prefix, ".kong_env"), `database = off\ndeclarative_config = ${file}\n`);
    const main = join(import.meta.dirname, "../../../../practice/kong/gateway/main.ts");
    const ended = await execa(process.execPath, [main, "--prefix", prefix, "--version", "2.8.5"], {
      reject: false,
      timeout: 120_000,
    });
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain(`error parsing declarative config file ${file}:`);
    expect(ended.stderr).toContain("in '_format_version': expected one of: 1.1, 2.1");
  } finally {
    await rm(prefix, { recursive: true, force: true });
  }
});
