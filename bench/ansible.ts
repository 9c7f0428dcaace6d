import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { execa } from "execa";
import { timeOf } from "./in-rounds.ts";
import { programPath } from "./program-path.ts";
import type { SshHost } from "./ssh-hosts.ts";

/** How Ansible is told to run. */
export interface AnsibleWay {
  /** Hosts at once. */
  readonly forks: number;
  /** `raw` sends the bare command; `command` is the module that people use. */
  readonly module: "command" | "raw";
}

const longestRunMs = 150_000;
const persistSeconds = 20;

/** Its version; undefined where it is not installed. */
export async function ansibleVersion(): Promise<string | undefined> {
  const asked = await execa("ansible-playbook", ["--version"], { ...programPath, reject: false, timeout: 30_000 });
  return asked.exitCode === 0 ? /core ([\d.]+)/u.exec(asked.stdout)?.[1] : undefined;
}

/** One playbook of so many steps, from the start of the program to its end, with fresh connections. */
export async function runAnsible(
  hosts: readonly SshHost[],
  steps: number,
  { forks, module }: AnsibleWay,
): Promise<number> {
  const folder = await mkdtemp("/tmp/ku-ans-");
  try {
    await writeFiles(folder, hosts, { steps, forks, module });
    // Its connections close themselves; nothing of the account that runs the bench is read or written.
    const env = { ANSIBLE_CONFIG: join(folder, "ansible.cfg"), HOME: folder, LANG: "C.UTF-8" };
    const words = ["-i", join(folder, "hosts.yml"), join(folder, "book.yml")];
    return await timeOf(() =>
      execa("ansible-playbook", words, {
        env: { ...programPath.env, ...env },
        extendEnv: false,
        cwd: folder,
        timeout: longestRunMs,
        stdin: "ignore",
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFiles(
  folder: string,
  hosts: readonly SshHost[],
  { steps, forks, module }: AnsibleWay & { readonly steps: number },
): Promise<void> {
  await mkdir(join(folder, "cp"));
  const config = [
    "[defaults]",
    `forks = ${forks}`,
    "gathering = explicit",
    "host_key_checking = True",
    "retry_files_enabled = False",
    `local_tmp = ${folder}/tmp`,
    "interpreter_python = /usr/bin/python3",
    "[ssh_connection]",
    "pipelining = True",
    `control_path_dir = ${folder}/cp`,
    `ssh_args = -o ControlMaster=auto -o ControlPersist=${persistSeconds}s -o IdentitiesOnly=yes -o LogLevel=ERROR`,
  ];
  await writeFile(join(folder, "ansible.cfg"), `${config.join("\n")}\n`);
  const inventory = hosts.map(({ name, transport: { host, port, user, identityFile, knownHostsFile } }) => [
    name,
    {
      ansible_host: host,
      ansible_port: port,
      ansible_user: user,
      ansible_ssh_private_key_file: identityFile,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHostsFile}`,
    },
  ]);
  await writeFile(join(folder, "hosts.yml"), stringify({ all: { hosts: Object.fromEntries(inventory) } }));
  const tasks = Array.from({ length: steps }, (_, index) => ({
    name: `step ${index + 1}`,
    [`ansible.builtin.${module}`]: "/bin/true",
  }));
  await writeFile(join(folder, "book.yml"), stringify([{ hosts: "all", gather_facts: false, tasks }]));
}
