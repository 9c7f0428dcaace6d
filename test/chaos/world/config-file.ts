import { stringify } from "yaml";
import { kongRole } from "#practice/world/databases.ts";
import { practiceRequests } from "#practice/world/config-file.ts";
import type { Site } from "./site.ts";

export interface ConfigOptions {
  readonly sites: readonly Site[];
  readonly databasePort: number;
  readonly adminUser: string;
  readonly tools: Readonly<Record<string, string>>;
  readonly packageManager: string;
  readonly nodesFolder: string;
  readonly decommission: string;
  readonly backupDir: string;
}

/** The `kong-upgrade.yml` of the chaos world: an ordinary configuration with short times. */
export function chaosConfigFile(options: ConfigOptions): string {
  const environments = Object.fromEntries(options.sites.map((site) => [site.name, environmentOf(site, options)]));
  return stringify({ version: 1, groups: { approvers: { slack: "S0APPROVE" } }, environments });
}

function environmentOf({ channel, nodes, database }: Site, options: ConfigOptions): object {
  return {
    channel,
    nodes: nodes.map(({ node: { name, kong, conf, prefix }, admin, proxy }) => ({
      name,
      kong,
      conf,
      prefix,
      admin,
      proxy,
      secrets: { KONG_PG_PASSWORD: { env: "PRACTICE_KONG_PASSWORD" } },
    })),
    database: {
      host: "127.0.0.1",
      port: options.databasePort,
      name: database,
      user: kongRole.user,
      password: { env: "PRACTICE_KONG_PASSWORD" },
      admin: { user: options.adminUser, password: { env: "PRACTICE_ADMIN_PASSWORD" }, database: "postgres" },
    },
    backup_dir: options.backupDir,
    tools: options.tools,
    hooks: {
      install: {
        argv: [options.packageManager, "install", "--node", `${options.nodesFolder}/{node}`, "--version", "{version}"],
        timeout: "30s",
      },
      decommission: { argv: [options.decommission, "{node}"], timeout: "30s" },
    },
    smoke_tests: practiceRequests.map(({ name, path, expect }) => ({ name, path, expect })),
    soak: { duration: "1s", sample_every: "250ms" },
    timeouts: { migrations: "1m", backup: "1m", command: "30s" },
    policies: { irreversible: { any_of: ["2 of @approvers, U0ERIN001"], expires_after: "4h" } },
    operators: { users: ["U0ALICE01", "U0BOB0001", "U0CAROL01", "U0DAVE001", "U0ERIN001"] },
  };
}
