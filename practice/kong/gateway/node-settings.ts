import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** One address of a `*_listen` setting. */
export interface Listener {
  readonly ip: string;
  readonly port: number;
  readonly listener: string;
  readonly flags: readonly string[];
}

/** How to reach the node's database; times in milliseconds. */
export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly timeoutMs: number;
}

/** The effective configuration that `kong start` left in `<prefix>/.kong_env`. */
export interface NodeSettings {
  readonly prefix: string;
  readonly values: ReadonlyMap<string, string>;
  readonly proxy: readonly Listener[];
  readonly admin: readonly Listener[];
  readonly status: readonly Listener[];
  /** Absent with `database = off`. */
  readonly database: DatabaseSettings | undefined;
  /** The file that a node without a database loads; absent where there is none, and with a database. */
  readonly declarativeConfig: string | undefined;
}

/** Reads `<prefix>/.kong_env`: `key = value` lines, `#` starts a comment, `\#` is a plain `#`. */
export async function readNodeSettings(prefix: string): Promise<NodeSettings> {
  const values = parseKongEnv(await readFile(join(prefix, ".kong_env"), "utf8"));
  const get = (key: string, fallback: string) => values.get(key) ?? fallback;
  return {
    prefix,
    values,
    proxy: listeners(get("proxy_listen", "off")),
    admin: listeners(get("admin_listen", "off")),
    status: listeners(get("status_listen", "off")),
    database:
      get("database", "postgres") === "off"
        ? undefined
        : {
            host: get("pg_host", "127.0.0.1"),
            port: Number(get("pg_port", "5432")),
            user: get("pg_user", "kong"),
            password: values.get("pg_password"),
            database: get("pg_database", "kong"),
            timeoutMs: Number(get("pg_timeout", "5000")),
          },
    declarativeConfig: get("database", "postgres") === "off" ? values.get("declarative_config") : undefined,
  };
}

/** Parses the `key = value` lines of `.kong_env`; empty values are left out. */
export function parseKongEnv(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const found = /^\s*([A-Za-z_][\w]*)\s*=\s*(.*?)\s*$/.exec(line.replace(/(?<!\\)#.*$/, "").replaceAll("\\#", "#"));
    const [, key, value] = found ?? [];
    if (key !== undefined && value !== undefined && value !== "") values.set(key, value);
  }
  return values;
}

/** Parses a `*_listen` value: comma-separated `ip:port flag…`; `off` means none. */
export function listeners(value: string): readonly Listener[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "off")
    .map((part) => {
      const [address = "", ...flags] = part.split(/\s+/);
      const colon = address.lastIndexOf(":");
      const port = Number(address.slice(colon + 1));
      if (colon < 1 || !Number.isInteger(port)) {
        throw new Error(`listen address "${part}" is not of the form ip:port`);
      }
      return { ip: address.slice(0, colon).replace(/^\[|\]$/g, ""), port, listener: part, flags };
    });
}
