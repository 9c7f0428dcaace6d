import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Plugins that Kong does not ship, and those whose name it ships from some version on. */
export const pluginNotBundledHazards: readonly Hazard[] = [
  {
    id: "any-custom-plugin",
    title: "Plugins that Kong does not ship",
    since: "any",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "custom_plugin", path: "name", predicate: "present" },
    effect:
      "A plugin without a build for the new version, or with functions of the PDK that are gone, stops the start or fails at run time.",
    remedy: "Install a build made for the new version on every node before it starts, and test it.",
    sources: [
      "Kong docs, upgrade guide 3.0.x",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/*.md",
      "Kong/kong@3.9.3 kong/constants.lua",
    ],
  },
  // Which names a version ships is told by src/kong/bundled.
  {
    id: "any-name-clash",
    title: "Plugins of your own with a name that the target ships",
    since: "any",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "custom_plugin", path: "name", predicate: "bundled_by_target" },
    effect:
      "Two plugins answer to one name. The Lua path decides which of them is loaded, and if it is the one of Kong, your instances are checked against its schema and refused.",
    remedy:
      "Give your plugin another name, with its instances and its place in the setting plugins, before the upgrade. To use the one of Kong, add its name to plugins and run `kong migrations up`.",
    note: "3.0 brings opentelemetry, and in Enterprise tls-handshake-modifier, tls-metadata-headers, websocket-size-limit and websocket-validator; most later versions bring more.",
    sources: [
      "Kong/kong kong/constants.lua, 2.8.5 to 3.9.3",
      "Kong/developer.konghq.com@bc1cd742 app/_kong_plugins/*/index.md (min_version)",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x, Kong plugins",
    ],
  },
];
