import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { secretsFrom } from "#src/config/secrets.ts";
import { readConfiguration, readEnvironments, readSettings } from "#src/config/settings.ts";
import { sampleFile } from "./config-sample.ts";

async function createFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kong-upgrade-config-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test("variables that are empty or blank count as not set", () => {
  expect(readSettings({ DATABASE_URL: " ", SLACK_BOT_TOKEN: "", REDIS_URL: " redis://r " })).toMatchObject({
    databaseUrl: undefined,
    redisUrl: "redis://r",
    slack: { botToken: undefined },
    logLevel: "info",
    isPractice: false,
  });
});

test("both halves of the key lie in the data directory unless said otherwise", () => {
  expect(readSettings({ KONG_UPGRADE_DATA: "/data" })).toMatchObject({
    signingKeyFile: "/data/signing-key.pem",
    publicKeysFile: "/data/signing-key.pub.pem",
  });
  expect(readSettings({ KONG_UPGRADE_DATA: "/data", KONG_UPGRADE_PUBLIC_KEYS: "/keys/bot.pem" })).toMatchObject({
    signingKeyFile: "/data/signing-key.pem",
    publicKeysFile: "/keys/bot.pem",
  });
});

test("the step-up key lies in the data directory, in another file, or in a variable, which comes first", () => {
  const settings = { KONG_UPGRADE_DATA: "/data" };
  expect(readSettings(settings).stepUpKey).toEqual({ file: "/data/step-up-key" });
  expect(readSettings({ ...settings, KONG_UPGRADE_STEP_UP_KEY: "/keys/step-up" }).stepUpKey).toEqual({
    file: "/keys/step-up",
  });
  expect(
    readSettings({ KONG_UPGRADE_STEP_UP_KEY: "/keys/step-up", KONG_UPGRADE_STEP_UP_KEY_VALUE: "a2V5" }).stepUpKey,
  ).toEqual({ text: "a2V5" });
});

test("a key in the environment may be written on one line", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----";
  expect(readSettings({ KONG_UPGRADE_SIGNING_KEY_PEM: pem }).signingKeyPem).toBe(pem);
  const line = pem.replaceAll("\n", String.raw`\n`);
  expect(readSettings({ KONG_UPGRADE_SIGNING_KEY_PEM: line }).signingKeyPem).toBe(pem);
  expect(readSettings({}).signingKeyPem).toBeUndefined();
});

test("only the exact flag turns practice on", () => {
  expect(readSettings({ KONG_UPGRADE_PRACTICE: "1" }).isPractice).toBe(true);
  expect(readSettings({ KONG_UPGRADE_PRACTICE: "true" }).isPractice).toBe(false);
});

test("the error about a wrong file lists every mistake with file and line", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "kong-upgrade.yml");
  await writeFile(file, sampleFile("unknown: 1", "keyring: maybe"));

  const failed = readEnvironments(file);

  await expect(failed).rejects.toMatchObject({ code: "config_invalid" });
  await expect(failed).rejects.toThrow(
    `the configuration has 2 mistakes:\n  ${file}:9  environments.prod.unknown: unknown key “unknown”\n  ${file}:10  environments.prod.keyring: expected true or false`,
  );
});

test("the directory comes with the environments, and is empty where nobody wrote one", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "kong-upgrade.yml");
  await writeFile(file, sampleFile());
  const configuration = await readConfiguration(file);
  expect(configuration.environments.map(({ name }) => name)).toEqual(["prod"]);
  expect(configuration.directory).toEqual({ people: [], rosters: [] });
  await writeFile(file, `${sampleFile()}people: { erin: { slack: [U0ERIN001] } }\n`);
  const { directory } = await readConfiguration(file);
  expect(directory.people).toEqual([{ human: "erin", accounts: [{ userId: "U0ERIN001" }] }]);
});

test("a file that is not there is answered with what to do", async () => {
  await expect(readEnvironments("/nonexistent/kong-upgrade.yml")).rejects.toThrow(
    "cannot read /nonexistent/kong-upgrade.yml; write one (kong-upgrade.example.yml shows every key) or set KONG_UPGRADE_CONFIG",
  );
});

test("a secret is read when it is needed, from the variable or the file, without the file's last newline", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "secret");
  await writeFile(file, "hunter2\n");
  const resolve = secretsFrom({ KONG_PG_PASSWORD: "from-env" });

  await expect(resolve({ env: "KONG_PG_PASSWORD" })).resolves.toBe("from-env");
  await expect(resolve({ file })).resolves.toBe("hunter2");
  await chmod(file, 0o600);
  await writeFile(file, "rotated");
  await expect(resolve({ file })).resolves.toBe("rotated");
});

test("a secret that is not there is an error that names the place and not the value", async () => {
  const resolve = secretsFrom({ EMPTY: "", OTHER: "hunter2" });
  await expect(resolve({ env: "EMPTY" })).rejects.toThrow(/environment variable EMPTY is not set/u);
  await expect(resolve({ file: "/nonexistent/secret" })).rejects.toThrow(/\/nonexistent\/secret cannot be read/u);
});

test("a wrong port or log level is a mistake, never silently the default", () => {
  expect(() => readSettings({ PORT: "70000", LOG_LEVEL: "loud" })).toThrow(/PORT: [\s\S]*|LOG_LEVEL: /u);
  expect(() => readSettings({ PORT: "http" })).toThrow("PORT");
  expect(readSettings({ PORT: "", LOG_LEVEL: "" })).toMatchObject({ port: undefined, logLevel: "info" });
});

test("a configuration that may not be read is told as such, and not as one that is to be written", async () => {
  await expect(readConfiguration("/proc")).rejects.toThrow(/cannot read \/proc \(EISDIR/u);
});
