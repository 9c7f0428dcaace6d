import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { openRecord } from "#src/record/record.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { hasSshServer } from "#test/src/run/transports/ssh-server.ts";
import { ansibleVersion, runAnsible } from "./ansible.ts";
import type { AnsibleWay } from "./ansible.ts";
import { percentiles } from "./figures.ts";
import type { Figure, FigureBench } from "./figures.ts";
import { inRounds, timeOf } from "./in-rounds.ts";
import type { Timed, Times } from "./in-rounds.ts";
import { programPath } from "./program-path.ts";
import { runByTransports, runBySteps } from "./runbook-runner.ts";
import type { RunbookStage } from "./runbook-runner.ts";
import { startSshHosts, writeSshConfig } from "./ssh-hosts.ts";
import type { SshHost } from "./ssh-hosts.ts";

const steps = 12;
const hostCounts = [1, 10, 50] as const;
const rounds = 2;

const ways: readonly (AnsibleWay & { readonly name: string; readonly isPeer: boolean })[] = [
  { name: "Ansible, forks 50", forks: 50, module: "command", isPeer: true },
  { name: "Ansible, forks 5", forks: 5, module: "command", isPeer: false },
  { name: "Ansible's raw module, forks 50", forks: 50, module: "raw", isPeer: true },
];

/** Five minutes of waiting for what is no peer tell nothing that ten hosts do not. */
function waysFor(hosts: number): typeof ways {
  return ways.filter(({ isPeer }) => isPeer || hosts <= 10);
}

/** A runbook of trivial commands on several hosts over a real sshd, from the first connection to the last answer. */
export const runbookSsh: FigureBench = {
  name: "runbook-ssh",
  title: "A runbook of 12 trivial steps on 1, 10 and 50 hosts over ssh",
  async takeFigures(folder, stack) {
    if (!hasSshServer) return { figures: [], remarks: ["Not measured: openssh-server is not installed here."] };
    const hosts = await startSshHosts(Math.max(...hostCounts), stack);
    const config = await mkdtemp("/tmp/ku-rb-");
    stack.defer(() => rm(config, { recursive: true, force: true }));
    await writeSshConfig(join(config, "ssh.conf"), hosts);
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const record = stack.use(await openRecord({ url: postgres.url }));
    const stage = { record, databaseUrl: postgres.url, dataDir: join(folder, "runner") };
    const ansible = await ansibleVersion();
    const figures: Figure[] = [];
    for (const count of hostCounts) {
      const some = hosts.slice(0, count);
      const times = await inRounds(casesOf(some, config, stage), { rounds, warmUps: count === 1 ? 1 : 0 });
      const peers = ansible === undefined ? undefined : await inRounds(peersOf(some), { rounds: 1, warmUps: 0 });
      figures.push(...figuresOf(count, times, peers));
    }
    return { figures, remarks: remarksOf(ansible) };
  },
};

function casesOf(hosts: readonly SshHost[], config: string, stage: RunbookStage): readonly Timed[] {
  return [
    { name: "bash", take: async () => [await runBash(hosts, config)] },
    { name: "transports", take: async () => [await overTransports((open) => runByTransports(hosts, steps, open))] },
    {
      name: "steps",
      take: async () => [await overTransports((open) => runBySteps(hosts, steps, { ...stage, transports: open }))],
    },
  ];
}

function peersOf(hosts: readonly SshHost[]): readonly Timed[] {
  return waysFor(hosts.length).map((way) => ({
    name: way.name,
    take: async () => [await runAnsible(hosts, steps, way)],
  }));
}

/** With a script as people write it; closing the connections is not counted, here as below. */
async function runBash(hosts: readonly SshHost[], config: string): Promise<number> {
  const script = fileURLToPath(new URL("programs/run-book.sh", import.meta.url));
  const names = hosts.map(({ name }) => name);
  // A connection that stays open would keep a pipe open.
  const quiet = { ...programPath, stdio: "ignore", timeout: 120_000 } as const;
  const took = await timeOf(() => execa("/bin/bash", [script, config, String(steps), ...names], quiet));
  await Promise.all(
    names.map((name) =>
      execa("ssh", ["-F", join(config, "ssh.conf"), "-S", join(config, name), "-O", "exit", name], quiet),
    ),
  );
  return took;
}

async function overTransports(work: (transports: ReturnType<typeof openTransports>) => Promise<void>): Promise<number> {
  await using transports = openTransports(programPath.env);
  return await timeOf(() => work(transports));
}

function figuresOf(count: number, times: Times, peers: Times | undefined): readonly Figure[] {
  const hosts = count === 1 ? "1 host" : `${count} hosts`;
  const compare = (what: string, ours: string, floorMs: readonly number[], budget?: Figure["budget"]): Figure => {
    const [figure] = percentiles({ what: `${hosts}: ${what}`, oursMs: times.of(ours), floorMs });
    if (figure === undefined) throw new Error("no figure");
    return { ...figure, ...(budget === undefined ? {} : { budget }) };
  };
  const bash = times.of("bash");
  return [
    compare("transports alone against bash", "transports", bash),
    compare("steps against bash", "steps", bash, { ratio: 1.5 }),
    ...(peers === undefined
      ? []
      : waysFor(count).map((way) =>
          compare(
            `steps against ${way.name}`,
            "steps",
            peers.of(way.name),
            way.isPeer ? { ratio: way.module === "raw" ? 1 : sixTimesFaster } : undefined,
          ),
        )),
  ];
}

const sixTimesFaster = 0.167;

function remarksOf(ansible: string | undefined): readonly string[] {
  return [
    "bash: a script with one multiplexed connection to each host, all hosts at once, and a barrier after each step. Each round makes its connections anew.",
    "Transports alone: the same commands, hosts at once and barriers by what a runner reaches hosts with: each command in a session of its own that outlives a lost connection, with its state directory.",
    "Steps: all that a runner does for a claimed step: batches of nodes, notes on its disk, the last look at the record, redaction, digest and storage of the output, the report. Claim and report in the record are not part of it.",
    ansible === undefined
      ? "**Not compared with Ansible: it is not installed here** (Debian: ansible-core)."
      : `Ansible core ${ansible} with pipelining and multiplexed connections, once each; ${sixTimesFaster} times its time is six times faster.`,
  ];
}
