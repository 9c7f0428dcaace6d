import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import type { Action } from "#src/plan/step.ts";

/** A team with its own Slack user group operates some of the environments, as in a company that has many. */
export interface Team {
  /** Id of the user group. */
  readonly group: string;
  readonly handle: string;
}

export interface SmallGateway {
  readonly name: string;
  /** Id of the Slack channel that it alone has. */
  readonly channel: string;
  readonly team: Team;
}

export interface SmallGateways {
  readonly configFile: string;
  readonly all: readonly SmallGateway[];
  readonly teams: readonly Team[];
  /** How long the commands of a step sleep, in milliseconds; undefined for what takes its time in other ways. */
  readonly sleptMs: (action: Action) => number | undefined;
}

export interface Size {
  readonly environments: number;
  readonly teams: number;
  /** How long each command of a step takes, in seconds: steps of real upgrades take longer still. */
  readonly commandS: number;
}

const runningVersion = "3.9.0";
/** One patch further: nothing of Kong changes that somebody would have to decide on. */
export const targetVersion = "3.9.3";
/** Whoever looks after all environments: they plan, start and confirm. */
export const operator = "U0ALICE01";

/**
 * Writes the configuration of many environments, each of one gateway without a database, and opens their status APIs.
 * Their programs only keep a version in a file and take their time, so that what is left is the cost of this project.
 */
export async function openSmallGateways(
  folder: string,
  { environments, teams: teamCount, commandS }: Size,
  stack: AsyncDisposableStack,
): Promise<SmallGateways> {
  const teams = Array.from({ length: teamCount }, (_, index): Team => {
    const number = String(index + 1).padStart(2, "0");
    return { group: `S0TEAM0${number}`, handle: `team-${number}` };
  });
  const all = Array.from({ length: environments }, (_, index): SmallGateway => {
    const number = String(index + 1).padStart(3, "0");
    const team = teams[index % teams.length];
    if (team === undefined) throw new Error("there must be a team");
    return { name: `env-${number}`, channel: `C0ENV00${number}`, team };
  });
  const file = join(folder, "kong.yml");
  await writeFile(file, '_format_version: "3.0"\n');
  const programs = await writePrograms(folder, commandS);
  const entries = await Promise.all(
    all.map(async (gateway) => {
      const home = join(folder, "gateways", gateway.name);
      await mkdir(join(home, "prefix"), { recursive: true });
      await Promise.all([
        writeFile(join(home, "kong.conf"), "database = off\n"),
        writeFile(join(home, "version"), runningVersion),
        writeFile(join(home, "prefix", "running"), ""),
      ]);
      const status = await serveStatus(join(home, "version"), stack);
      return [gateway.name, environmentOf(gateway, { folder, home, file, status, programs })] as const;
    }),
  );
  const configFile = join(folder, "kong-upgrade.yml");
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify({ version: 1, environments: Object.fromEntries(entries) }));
  return { configFile, all, teams, sleptMs: (action) => sleptMs(action, programs, commandS) };
}

interface Programs {
  readonly kong: string;
  readonly install: string;
  readonly wait: string;
  readonly metrics: string;
}

async function writePrograms(folder: string, commandS: number): Promise<Programs> {
  const write = async (name: string, script: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const sleep = `sleep ${commandS}`;
  return {
    // The prefix is the word after -p, wherever it stands; version and node lie beside it.
    kong: await write(
      "kong",
      `word=$1; while [ $# -gt 1 ]; do [ "$1" = -p ] && prefix=$2; shift; done
case $word in
  version) cat "$KONG_HOME/version"; echo;;
  health) if [ -e "$prefix/running" ]; then echo "Kong is healthy at $prefix"; else echo "Error: Kong is not running at $prefix" >&2; exit 1; fi;;
  start) ${sleep}; : > "$prefix/running"; echo "Kong started";;
  quit) ${sleep}; rm "$prefix/running"; echo "Kong stopped (gracefully)";;
esac`,
    ),
    install: await write("install", `${sleep}; printf %s "$2" > "${folder}/gateways/$1/version"`),
    wait: await write("wait", sleep),
    metrics: await write("metrics", `echo '{"request_rate":1000,"error_rate":0,"p50_ms":5,"p95_ms":10,"p99_ms":20}'`),
  };
}

function sleptMs(action: Action, { kong, install, wait }: Programs, commandS: number): number | undefined {
  if (action.kind === "check") return 0;
  if (action.kind !== "commands") return undefined;
  const sleepers = action.commands.filter(
    ({ argv: [program, word = ""] }) =>
      program === install || program === wait || (program === kong && (word === "start" || word === "quit")),
  );
  return sleepers.length * commandS * 1_000;
}

interface Places {
  readonly folder: string;
  readonly home: string;
  readonly file: string;
  readonly status: string;
  readonly programs: Programs;
}

function environmentOf(
  { name, channel, team }: SmallGateway,
  { folder, home, file, status, programs: { kong, install, wait, metrics } }: Places,
): object {
  const pause = { argv: [wait] };
  const node = {
    name,
    role: "dbless",
    kong,
    conf: join(home, "kong.conf"),
    prefix: join(home, "prefix"),
    env: { KONG_HOME: home },
    // Nothing listens there: whoever stops a gateway wants to see that.
    proxy: "http://127.0.0.1:1",
    status,
  };
  return {
    channel,
    topology: "dbless",
    nodes: [node],
    declarative: { file, converted: file },
    backup_dir: join(folder, "backups", name),
    hooks: {
      install: { argv: [install, "{node}", "{version}"] },
      freeze: pause,
      unfreeze: pause,
      drain: pause,
      admit: pause,
      decommission: pause,
    },
    soak: {
      duration: "2s",
      sample_every: "1s",
      baseline: "2s",
      metrics: { from: "command", argv: [metrics] },
    },
    policies: { irreversible: { groups: [team.group], quorum: 2 } },
    operators: { users: [operator], groups: [team.group] },
  };
}

const boundSchema = z.object({ port: z.number() });

/** Ready with the installed version, at any time. */
async function serveStatus(versionFile: string, stack: AsyncDisposableStack): Promise<string> {
  const body = JSON.stringify({ database: { reachable: true }, configuration_hash: "5f".repeat(16) });
  const server = createServer((_, response) => {
    const version = readFileSync(versionFile, "utf8");
    response.writeHead(200, { "content-type": "application/json", server: `kong/${version}` });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${boundSchema.parse(server.address()).port}`;
}
