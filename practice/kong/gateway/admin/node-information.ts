import { hostname } from "node:os";
import { configurationView } from "#practice/kong/gateway/configuration-view.ts";
import { entities } from "#practice/kong/gateway/entities/entities.ts";
import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";

/** `GET /`: reads the plugins table, so it fails when the database is gone (recorded for 2.8.5 and 3.4.2). */
export async function nodeInformation(node: NodeContext): Promise<Record<string, ConfigurationValue>> {
  const { profile } = node;
  const processes = node.processes();
  return {
    tagline: profile.tagline,
    version: profile.version,
    ...(profile.edition === undefined ? {} : { edition: profile.edition }),
    hostname: hostname(),
    node_id: node.nodeId,
    lua_version: profile.lua_version,
    pids: { master: processes.master, workers: [...processes.workers] },
    timers: profile.timers,
    plugins: {
      available_on_server: profile.available_plugins,
      enabled_in_cluster: [...(await node.store.pluginNames(entities.plugins))],
    },
    configuration: configurationView(profile, node.settings),
  };
}
