import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadOrCreateKey, parsePublicKey, publicKeyPem } from "#src/signing/signing-key.ts";
import { knownKey } from "./known-key.ts";

test("a key is made on first use, for its owner only, and is the same afterwards", async () => {
  await using folder = await scratch();
  const file = join(folder.path, "deep", "signing.pem");

  const made = await loadOrCreateKey(file);

  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, "utf8")).toContain("BEGIN PRIVATE KEY");
  expect((await loadOrCreateKey(file)).publicKey.keyId).toBe(made.publicKey.keyId);
  expect(await readdir(join(folder.path, "deep"))).toEqual(["signing.pem"]);
});

test("many that start at once agree on one key", async () => {
  await using folder = await scratch();
  const file = join(folder.path, "signing.pem");

  const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateKey(file)));

  expect(new Set(keys.map((key) => key.publicKey.keyId)).size).toBe(1);
});

test("a key that others can read is refused", async () => {
  await using folder = await scratch();
  const file = join(folder.path, "signing.pem");
  await loadOrCreateKey(file);
  await chmod(file, 0o640);

  await expect(loadOrCreateKey(file)).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringContaining("chmod 600"),
  });
});

test.each(["", "not a key", execFileSync(process.execPath, ["-e", rsaKey()]).toString()])(
  "a file without an Ed25519 key is refused (%#)",
  async (contents) => {
    await using folder = await scratch();
    const file = join(folder.path, "signing.pem");
    await writeFile(file, contents, { mode: 0o600 });

    await expect(loadOrCreateKey(file)).rejects.toMatchObject({ code: "config_invalid" });
  },
);

test("the public half travels as PEM and a private key is not taken for it", () => {
  const { publicKey, privateKey } = knownKey();

  expect(parsePublicKey(publicKeyPem(publicKey)).keyId).toBe(publicKey.keyId);
  expect(publicKey.keyId).toBe("sha256:ddae126fc7afa4476ce97b8e73bb7488039bd0fc8daa844b54a4b9fc0cbad09f");
  const secret = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(() => parsePublicKey(secret)).toThrow("expected an Ed25519 public key");
});

function rsaKey(): string {
  return `process.stdout.write(require("crypto").generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs8", format: "pem" }))`;
}

async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kong-upgrade-key-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
