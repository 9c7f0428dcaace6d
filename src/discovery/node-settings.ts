import type { Facts } from "#src/kong/facts.ts";
import { readKongConf, settingsOfEnvironment } from "#src/kong/kong-conf.ts";
import type { NodeSettings } from "./inventory.ts";
import { limits } from "./limits.ts";
import { redactSetting } from "./redact.ts";
import type { Surveyor } from "./surveyor.ts";

/** Explicitly set keys of every node, the environment over the file. */
export async function surveySettings({ environment, ports, log, scope }: Surveyor): Promise<readonly NodeSettings[]> {
  if (scope === "admin_api") return [];
  const undecided = ["removed, renamed and re-defaulted kong.conf keys"];
  const perNode = await Promise.all(
    environment.nodes.map((node) =>
      log.read(`${node.name}: kong.conf`, undecided, async () => {
        const { settings } = readKongConf(
          await ports.readText(node.conf, limits.httpTimeoutMs, node.transport),
          node.conf,
        );
        const own = settingsOfEnvironment(node.env);
        return [
          ...settings.map(({ key, value }) => ({ key, value, origin: "file" as const, node: node.name })),
          ...Object.entries(own).map(([key, value]) => ({
            key,
            value,
            origin: "environment" as const,
            node: node.name,
          })),
        ];
      }),
    ),
  );
  return perNode.map((settings) =>
    settings === undefined
      ? { settings: undefined }
      : { settings: settings.map((one) => Object.assign({ ...one }, { value: redactSetting(one.key, one.value) })) },
  );
}

/** One value per key: the environment before the file, and where nodes differ the first one tells. */
export function mergedSettings(all: readonly NodeSettings[]): Facts["configuration"] {
  const settings = all.flatMap((node) => node.settings ?? []);
  const result: Record<string, string> = {};
  for (const origin of ["environment", "helm", "file"] as const) {
    for (const one of settings) if (one.origin === origin) result[one.key] ??= one.value;
  }
  return result;
}
