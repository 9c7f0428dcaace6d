import { mkdir, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { kongVersions } from "./versions/catalogue.ts";

/** Where simulated Kong versions and nodes lie under one folder. */
export interface KongInstallation {
  readonly root: string;
  /** The simulated package manager: `kong-package install --node DIR --version V`. */
  readonly packageManager: string;
  readonly versions: readonly string[];
}

/** One node's files. `kong` is a symlink to the version in use; the package manager switches it. */
export interface KongNode {
  readonly name: string;
  readonly directory: string;
  readonly conf: string;
  readonly kong: string;
  readonly prefix: string;
}

export interface KongNodePorts {
  readonly proxy: number;
  readonly admin: number;
  readonly status: number;
}

export interface KongNodeDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const cliProgram = join(import.meta.dirname, "cli", "main.ts");
const packageProgram = join(import.meta.dirname, "package-manager", "main.ts");

/**
 * Each call of the command line is a process of its own: with Node's compile cache it starts in half the time
 * (`migrations list` of 3.4.2: 90 ms instead of 210 ms), so the launchers name a folder for it.
 */
const compileCacheFolder = ".compile-cache";

/**
 * Writes the executables `<root>/versions/<v>/bin/kong` and `<root>/bin/kong-package`; doing it again changes nothing.
 * @throws Error when a version is not simulated.
 */
export async function installKong(options: {
  readonly root: string;
  readonly versions?: readonly string[];
  /** Where Node keeps compiled code; `<root>/.compile-cache` unless said otherwise. */
  readonly compileCache?: string;
  /** Where the command looks for faults when `KONG_PRACTICE_FAULTS` does not say; nowhere unless given. */
  readonly faultsFile?: string;
  /** Where each start of a command is written down: process, the step that it belongs to, when, program and words, with tabs between. */
  readonly executionsFile?: string;
}): Promise<KongInstallation> {
  const versions = options.versions ?? kongVersions;
  const cache = options.compileCache ?? join(options.root, compileCacheFolder);
  const faults = options.faultsFile === undefined ? {} : { KONG_PRACTICE_FAULTS: options.faultsFile };
  const { executionsFile } = options;
  const noteOf = (program: string): string =>
    executionsFile === undefined ? "" : executionNote(program, executionsFile);
  for (const version of versions) {
    if (!kongVersions.includes(version)) {
      throw new Error(`Kong ${version} is not simulated; there are ${kongVersions.join(", ")}`);
    }
    await writeLauncher(
      kongOfVersion(options.root, version),
      [cliProgram, version, "outer"],
      { NODE_COMPILE_CACHE: cache, ...faults },
      noteOf("kong"),
    );
  }
  const packageManager = join(options.root, "bin", "kong-package");
  await writeLauncher(packageManager, [packageProgram], { NODE_COMPILE_CACHE: cache }, noteOf("kong-package"));
  return { root: options.root, packageManager, versions };
}

/** Path of the `kong` executable of one version. */
export function kongOfVersion(root: string, version: string): string {
  return join(root, "versions", version, "bin", "kong");
}

/** Creates a node's folder with kong.conf, an empty prefix, and `bin/kong` of the version given; keeps an existing prefix. */
export async function createNode(options: {
  readonly root: string;
  readonly name: string;
  readonly ports: KongNodePorts;
  readonly pg: KongNodeDatabase;
  readonly version: string;
}): Promise<KongNode> {
  const node = nodePaths(options.root, options.name);
  await mkdir(node.prefix, { recursive: true });
  await writeFile(node.conf, kongConf(node, options.ports, options.pg), { mode: 0o600 });
  await switchVersion(options.root, node.directory, options.version);
  return node;
}

/** Paths of a node, whether it exists or not. */
export function nodePaths(root: string, name: string): KongNode {
  const directory = join(root, "nodes", name);
  return {
    name,
    directory,
    conf: join(directory, "kong.conf"),
    kong: join(directory, "bin", "kong"),
    prefix: join(directory, "prefix"),
  };
}

/** Points `bin/kong` of a node at another version, in one step; the first one on a host that has none. */
export async function switchVersion(root: string, nodeDirectory: string, version: string): Promise<void> {
  const link = join(nodeDirectory, "bin", "kong");
  await mkdir(dirname(link), { recursive: true });
  const fresh = `${link}.new`;
  await symlink(kongOfVersion(root, version), fresh);
  await rename(fresh, link);
}

/** The version that a node's `bin/kong` points at. */
export async function installedVersion(nodeDirectory: string): Promise<string> {
  const target = await readlink(join(nodeDirectory, "bin", "kong"));
  return basename(dirname(dirname(target)));
}

function kongConf(node: KongNode, ports: KongNodePorts, pg: KongNodeDatabase): string {
  const values = {
    prefix: node.prefix,
    database: "postgres",
    role: "traditional",
    proxy_listen: `127.0.0.1:${ports.proxy}`,
    admin_listen: `127.0.0.1:${ports.admin}`,
    status_listen: `127.0.0.1:${ports.status}`,
    admin_gui_listen: "off",
    anonymous_reports: "off",
    nginx_worker_processes: "1",
    pg_host: pg.host,
    pg_port: String(pg.port),
    pg_user: pg.user,
    pg_password: pg.password.replaceAll("#", "\\#"),
    pg_database: pg.database,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  return `# Node ${node.name} of the practice environment (simulated Kong).\n${lines.join("\n")}\n`;
}

/**
 * The line of a launcher that writes its execution down. One short write at the end of a file is whole, whoever else
 * writes (POSIX, O_APPEND); `UPGRADE_STEP_ATTEMPT` is how the runner marks the processes of a step. When it was is told in
 * seconds since the machine was started (proc(5), uptime), which a shell can read without starting anything.
 */
export function executionNote(program: string, file: string): string {
  const line = `"$$" "\${UPGRADE_STEP_ATTEMPT:--}" "$up" ${shellQuoted(program)} "$*"`;
  return `read -r up _ </proc/uptime\nprintf '%s\\t%s\\t%s\\t%s\\t%s\\n' ${line} >> ${shellQuoted(file)}\n`;
}

/** A shell script, so that the command can be linked and started like the real one; variables that are set win. */
async function writeLauncher(
  path: string,
  args: readonly string[],
  defaults: Readonly<Record<string, string>>,
  note: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const words = [process.execPath, ...args].map(shellQuoted).join(" ");
  const fresh = `${path}.${process.pid}.new`;
  const variables = Object.entries(defaults).map(
    ([name, value]) => `[ -n "$${name}" ] || export ${name}=${shellQuoted(value)}\n`,
  );
  const script = `#!/bin/sh\n${note}${variables.join("")}exec ${words} "$@"\n`;
  await writeFile(fresh, script, { mode: 0o755 });
  await rename(fresh, path);
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
