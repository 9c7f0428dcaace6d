import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configurationView } from "#practice/kong/gateway/configuration-view.ts";
import { openLogFile } from "#practice/kong/gateway/log-file.ts";
import { listeners, parseKongEnv, readNodeSettings } from "#practice/kong/gateway/node-settings.ts";
import { isAtLeast, loadProfile } from "#practice/kong/gateway/profile.ts";

test("lines of .kong_env are read with comments, escaped hashes and empty values", () => {
  const text = "# head\n a = 1 # tail\npg_password = p\\#w=x\nempty =\nlist = a, b\nnot a line\n";
  expect([...parseKongEnv(text)]).toEqual([
    ["a", "1"],
    ["pg_password", "p#w=x"],
    ["list", "a, b"],
  ]);
});

test("listen addresses are read with their flags, off means none and nonsense is an error", () => {
  expect(listeners("127.0.0.1:8000 reuseport backlog=16384, [::1]:8443 http2 ssl")).toMatchObject([
    { ip: "127.0.0.1", port: 8000, flags: ["reuseport", "backlog=16384"] },
    { ip: "::1", port: 8443, flags: ["http2", "ssl"] },
  ]);
  expect(listeners("off")).toEqual([]);
  expect(() => listeners("localhost")).toThrow('listen address "localhost" is not of the form ip:port');
});

test("GET / shows what the node was given in the types of the version, and no secret", async () => {
  const prefix = await mkdtemp(join(tmpdir(), "settings-"));
  try {
    const set = {
      pg_password: "very-secret",
      admin_gui_session_secret_key: "also-secret",
      pg_port: "6000",
      pg_ssl: "on",
      trusted_ips: "10.0.0.0/8,127.0.0.1",
      log_level: "debug",
      admin_listen: "127.0.0.1:9001 reuseport",
    };
    await writeFile(
      join(prefix, ".kong_env"),
      Object.entries(set)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join(""),
    );
    const view = configurationView(await loadProfile("2.8.5"), await readNodeSettings(prefix));
    expect(view).toMatchObject({
      pg_password: "******",
      pg_port: 6000,
      pg_ssl: true,
      trusted_ips: ["10.0.0.0/8", "127.0.0.1"],
      log_level: "debug",
      admin_listen: ["127.0.0.1:9001 reuseport"],
      admin_listeners: [{ ip: "127.0.0.1", port: 9001, reuseport: true, ssl: false }],
      prefix,
      kong_env: `${prefix}/.kong_env`,
    });
    expect(JSON.stringify(view)).not.toContain('secret"');
    expect(JSON.stringify(view)).not.toMatch(/very-secret|also-secret/);
  } finally {
    await rm(prefix, { recursive: true });
  }
});

test("a log file is moved aside before it grows without end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "logs-"));
  try {
    const path = join(folder, "error.log");
    await writeFile(path, "x".repeat(8 * 1024 * 1024 + 1));
    openLogFile(path).error("notice", "after the move");
    expect(await readFile(path, "utf8")).toMatch(/^\d{4}\/\d\d\/\d\d [\d:]{8} \[notice\] \d+#0: after the move\n$/);
    expect((await readFile(`${path}.1`)).length).toBeGreaterThan(8 * 1024 * 1024);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("versions compare by number", () => {
  expect(isAtLeast("3.10.0", "3.9.3")).toBe(true);
  expect(isAtLeast("2.8.5", "3.0.0")).toBe(false);
  expect(isAtLeast("3.4.2", "3.4.2")).toBe(true);
});
