import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import type { ResolveSecret } from "#src/config/secrets.ts";
import { openAdmin } from "#src/discovery/admin-client.ts";
import { readDatabaseVersion } from "#src/discovery/kong-database.ts";
import { readCliVersion } from "#src/discovery/kong-cli.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { refsOf } from "#src/run/secrets-of.ts";
import { hostExaminations } from "./check-hosts.ts";
import { jobExaminations } from "./check-jobs.ts";
import { metricsExaminations } from "./check-metrics.ts";
import { toolExaminations } from "./check-tools.ts";
import type { Examination } from "./examine.ts";
import { failed, notChecked, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Nodes of one environment that are looked at one by one; the others are alike. */
const maxNodes = 25;
const littleSpaceBytes = 5 * 1024 ** 3;
const noSpaceBytes = 200 * 1024 ** 2;

/** Everything that a runner on this host needs to execute plans of one environment. `now` tells this host's clock. */
export function siteExaminations(
  environment: Environment,
  resolveSecret: ResolveSecret,
  now: () => number,
): readonly Examination[] {
  const ports = livePorts({ resolveSecret, baseEnv: minimalEnv() });
  const nodes = allNodes(environment);
  return [
    ...secretExaminations(environment, resolveSecret),
    ...hookExaminations(environment),
    ...toolExaminations(environment, ports),
    ...hostExaminations(environment, nodes.slice(0, maxNodes), { resolveSecret, now }),
    ...jobExaminations(nodes.slice(0, maxNodes)),
    ...nodes.slice(0, maxNodes).flatMap((node) => nodeExaminations(environment, node, ports)),
    ...(nodes.length > maxNodes ? [unseenNodes(environment, nodes.length)] : []),
    ...databaseExaminations(environment, ports),
    ...metricsExaminations(environment, nodes.slice(0, maxNodes), ports),
    folderExamination(`backups of ${environment.name}`, environment.backupDir),
  ];
}

function secretExaminations(environment: Environment, resolveSecret: ResolveSecret): readonly Examination[] {
  const refs = new Map(refsOf(environment, undefined).map((ref) => [placeOf(ref), ref]));
  return [...refs].map(([place, ref]) => ({
    area: "secrets",
    subject: place,
    fix: `set it where the runner of ${environment.name} starts`,
    look: async () => {
      await resolveSecret(ref);
      return [ok({ area: "secrets", subject: place }, "can be read")];
    },
  }));
}

function placeOf(ref: SecretRef): string {
  return "env" in ref ? ref.env : ref.file;
}

/** Hooks that are named by their path; others are found by the PATH of the step. */
function hookExaminations({ hooks }: Environment): readonly Examination[] {
  const programs = Object.entries(hooks).flatMap(([name, hook]) => {
    const program = hook?.argv[0];
    return program !== undefined && isAbsolute(program) ? [{ name, program }] : [];
  });
  return programs.map(({ name, program }) => {
    const about = { area: "tools", subject: `hook ${name}` } as const;
    const fix = `put an executable file there, or correct hooks.${name}`;
    return {
      area: about.area,
      subject: about.subject,
      fix,
      look: async () => [
        await access(program, constants.X_OK).then(
          () => ok(about, program),
          () => failed(about, `${program} is not there or cannot be executed`, fix),
        ),
      ],
    };
  });
}

function nodeExaminations(environment: Environment, node: KongNode, ports: DiscoveryPorts): readonly Examination[] {
  const admin = node.admin;
  return [
    // What lies elsewhere is asked over the connection to its place.
    ...(node.transport === undefined ? [programExamination(environment, node, ports)] : []),
    ...(admin === undefined
      ? []
      : [
          {
            area: "kong" as const,
            subject: `${node.name}: Admin API`,
            fix: "see that the node runs, and that admin and admin_api in kong-upgrade.yml are right",
            look: async () => {
              await openAdmin(environment, ports).get(node, "/");
              return [ok({ area: "kong", subject: `${node.name}: Admin API` }, `${admin} answers`)];
            },
          },
        ]),
  ];
}

function programExamination(environment: Environment, node: KongNode, ports: DiscoveryPorts): Examination {
  return {
    area: "kong",
    subject: `${node.name}: ${node.kong}`,
    fix: "install Kong on this host, or correct the node's `kong:`",
    timeoutMs: 35_000,
    look: async () => [
      ok({ area: "kong", subject: `${node.name}: ${node.kong}` }, await readCliVersion(environment, node, ports)),
    ],
  };
}

function unseenNodes({ name }: Environment, count: number): Examination {
  const about = { area: "kong", subject: `more nodes of ${name}` } as const;
  const rest = notChecked(
    about,
    `${count - maxNodes} of ${count} nodes`,
    "a survey (`kong-upgrade check`) reads all of them",
  );
  return { ...about, fix: "", look: async () => [rest] };
}

function databaseExaminations(environment: Environment, ports: DiscoveryPorts): readonly Examination[] {
  const { database, name } = environment;
  if (database === undefined) return [];
  const subject = `database of ${name}`;
  const where = `${database.host}:${database.port}/${database.name}`;
  return [
    {
      area: "kong",
      subject,
      fix: "see that the server lets this host in (pg_hba.conf), and that database: and its password are right",
      look: async () => [
        ok(
          { area: "kong", subject },
          `${where} lets Kong's role in; PostgreSQL ${await readDatabaseVersion(environment, ports)}`,
        ),
      ],
    },
  ];
}

/** Whether a folder can be written and has room; `made` where the program makes it at its first start. */
export function folderExamination(what: string, folder: string, made?: "by itself"): Examination {
  const subject = `${what}: ${folder}`;
  return {
    area: "disk",
    subject,
    fix: fixOfFolder,
    look: async () => [await checkFolder({ area: "disk", subject }, folder, made)],
  };
}

const fixOfFolder = "make the folder, owned by the account of this process";

async function checkFolder(
  about: { readonly area: "disk"; readonly subject: string },
  folder: string,
  made: "by itself" | undefined,
): Promise<Finding> {
  const there = made === undefined ? folder : await nearestFolder(folder);
  const isWritable = (await stat(there).catch(() => undefined))?.isDirectory() === true && (await isAccessible(there));
  if (!isWritable) return failed(about, "is not there or cannot be written", fixOfFolder);
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const seen = `${there === folder ? "" : "is made at the first start; "}${(free / 1024 ** 3).toFixed(1)} GiB free`;
  const fix = "make room, or name a folder on a larger disk";
  if (free < noSpaceBytes) return failed(about, seen, fix);
  return free < littleSpaceBytes ? warning(about, seen, fix) : ok(about, seen);
}

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if (await stat(path).catch(() => undefined)) return path;
    if (dirname(path) === path) return path;
  }
}

function isAccessible(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
