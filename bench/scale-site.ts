import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";

/** Installations whose programs do nothing and whose nodes are one web server: what is left is the cost of the steps. */
export interface TrivialSite {
  readonly configFile: string;
  readonly environments: readonly string[];
}

const runningVersion = "3.9.0";
/** One patch further: nothing of Kong changes that somebody would have to decide on. */
export const targetVersion = "3.9.3";
/** They exist in the practice workspace. */
const channels = ["C0PRACTCE", "C0LEGACY1"] as const;
const operators = ["U0ALICE01", "U0BOB0001", "U0CAROL01"] as const;

/** Writes the configuration of so many environments, each of one node without a database. */
export async function openTrivialSite(
  folder: string,
  count: number,
  stack: AsyncDisposableStack,
): Promise<TrivialSite> {
  const kong = join(folder, "kong");
  await writeFile(kong, `#!/bin/sh\nif [ "$1" = version ]; then echo ${runningVersion}; fi\n`);
  await chmod(kong, 0o755);
  const file = join(folder, "kong.yml");
  await writeFile(file, '_format_version: "3.0"\n');
  const conf = join(folder, "kong.conf");
  await writeFile(conf, "database = off\n");
  const prefix = join(folder, "prefix");
  await mkdir(prefix);
  const url = await serveNodes(stack);
  const environments = Array.from({ length: count }, (_, index) => `env-${String(index + 1).padStart(3, "0")}`);
  const entries = environments.map((name, index) => [
    name,
    {
      channel: channels[index % channels.length],
      topology: "dbless",
      nodes: [{ name: `${name}-gw`, role: "dbless", kong, conf, prefix, proxy: url, status: url }],
      declarative: { file, converted: file },
      backup_dir: join(folder, "backups", name),
      hooks: { freeze: { argv: ["/bin/true"] }, unfreeze: { argv: ["/bin/true"] } },
      policies: { irreversible: { any_of: ["2 of @approvers, U0ERIN001"] } },
      operators: { users: operators },
    },
  ]);
  const configFile = join(folder, "kong-upgrade.yml");
  const groups = { approvers: { slack: "S0APPROVE" } };
  await writeFile(configFile, stringify({ version: 1, groups, environments: Object.fromEntries(entries) }));
  return { configFile, environments };
}

/** The channel in which an environment is operated. */
export function channelOf(site: TrivialSite, environment: string): string {
  return channels[site.environments.indexOf(environment) % channels.length] ?? channels[0];
}

const boundSchema = z.object({ port: z.number() });

/** Status API and proxy of every node. */
async function serveNodes(stack: AsyncDisposableStack): Promise<string> {
  const status = JSON.stringify({ database: { reachable: true }, configuration_hash: "5f".repeat(16) });
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", server: `kong/${runningVersion}` });
    response.end(status);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${boundSchema.parse(server.address()).port}`;
}
