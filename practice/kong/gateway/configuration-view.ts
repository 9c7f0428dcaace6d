import type { ConfigurationValue, Profile } from "./profile.ts";
import type { Listener, NodeSettings } from "./node-settings.ts";
import { listeners } from "./node-settings.ts";

const hidden = "******";
const recordedPrefix = "/usr/local/kong";

/**
 * The `configuration` object of `GET /`: the recorded keys of the version with this node's values in them,
 * secrets hidden as Kong hides them.
 */
export function configurationView(profile: Profile, node: NodeSettings): Record<string, ConfigurationValue> {
  const view: Record<string, ConfigurationValue> = {};
  for (const [key, recorded] of Object.entries(profile.configuration)) {
    view[key] = recorded === hidden ? hidden : inPrefix(recorded, node.prefix);
  }
  for (const [key, value] of node.values) {
    if (isSecret(key) || view[key] === hidden) view[key] = hidden;
    else view[key] = likeRecorded(profile.configuration[key], value);
  }
  for (const [key, recorded] of Object.entries(profile.configuration)) {
    const setting = node.values.get(key.replace(/ers$/, ""));
    if (key.endsWith("_listeners") && setting !== undefined) view[key] = listenerViews(recorded, listeners(setting));
  }
  view["prefix"] = node.prefix;
  return view;
}

function isSecret(key: string): boolean {
  return /password|secret_|token$/.test(key);
}

function inPrefix(value: ConfigurationValue, prefix: string): ConfigurationValue {
  if (typeof value === "string") return value.replaceAll(recordedPrefix, prefix);
  if (Array.isArray(value)) return value.map((entry) => inPrefix(entry, prefix));
  return value;
}

/** Gives a text of `.kong_env` the JSON type that the real Kong showed for this key. */
function likeRecorded(recorded: ConfigurationValue | undefined, text: string): ConfigurationValue {
  if (typeof recorded === "number") return Number(text);
  if (typeof recorded === "boolean") return text === "on" || text === "true";
  if (typeof recorded === "string") return text;
  if (Array.isArray(recorded)) return recorded.every((entry) => typeof entry === "string") ? list(text) : recorded;
  if (recorded === undefined || recorded === null) return text;
  // An empty Lua table is shown as {}: an empty list. Tables with keys are computed by Kong, never set.
  return Object.keys(recorded).length === 0 && text !== "{}" ? list(text) : recorded;
}

function list(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

/** Listener objects with the recorded keys of the version: every flag Kong knows, true where it is set. */
function listenerViews(recorded: ConfigurationValue, found: readonly Listener[]): ConfigurationValue {
  if (found.length === 0) return {};
  const sample: ConfigurationValue = Array.isArray(recorded) ? (recorded[0] ?? {}) : {};
  const flags = typeof sample === "object" && sample !== null && !Array.isArray(sample) ? Object.keys(sample) : ["ssl"];
  return found.map((one) => {
    const view: Record<string, ConfigurationValue> = Object.fromEntries(
      flags.map((flag) => [flag, one.flags.includes(flag)]),
    );
    return { ...view, ip: one.ip, port: one.port, listener: one.listener };
  });
}
