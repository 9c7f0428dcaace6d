import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openKeyRing, publishKeys } from "#src/signing/key-ring.ts";
import { parsePublicKeys, readPublicKeyFile } from "#src/signing/public-key-file.ts";
import { generateKey, publicKeyPem } from "#src/signing/signing-key.ts";
import { knownKey } from "./known-key.ts";

test("after a new key the old public key stays in the file, the newest first, however often the bot starts", async () => {
  await using folder = await scratch();
  const publicKeysFile = join(folder.path, "deep", "signing-key.pub.pem");
  const start = async (name: string): Promise<string> => {
    const ring = await openKeyRing({ keyPem: undefined, keyFile: join(folder.path, name), publicKeysFile });
    await publishKeys(publicKeysFile, ring);
    expect((await readPublicKeyFile(publicKeysFile))?.map(({ keyId }) => keyId)).toEqual(
      ring.trusted.map(({ keyId }) => keyId),
    );
    return ring.signing.publicKey.keyId;
  };
  const old = await start("one.pem");
  await start("one.pem");
  const current = await start("two.pem");
  await start("two.pem");

  const listed = await readPublicKeyFile(publicKeysFile);
  expect(listed?.map(({ keyId }) => keyId)).toEqual([current, old]);
});

test("the key that signs is trusted although the file of public keys does not name it", async () => {
  await using folder = await scratch();
  const publicKeysFile = join(folder.path, "keys.pem");
  const earlier = generateKey().publicKey;
  await writeFile(publicKeysFile, publicKeyPem(earlier));
  const ring = await openKeyRing({ keyPem: undefined, keyFile: join(folder.path, "key.pem"), publicKeysFile });
  expect(ring.trusted.map(({ keyId }) => keyId)).toEqual([ring.signing.publicKey.keyId, earlier.keyId]);
});

test("a key out of the environment wins over the file, which is then not made", async () => {
  await using folder = await scratch();
  const key = knownKey();
  const keyPem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const keyFile = join(folder.path, "key.pem");
  const ring = await openKeyRing({ keyPem, keyFile, publicKeysFile: join(folder.path, "keys.pem") });
  expect(ring.signing.publicKey.keyId).toBe(key.publicKey.keyId);
  await expect(readFile(keyFile)).rejects.toThrow(/ENOENT/u);
});

test("a key out of the environment that is none is told without its text", async () => {
  await using folder = await scratch();
  const sources = { keyFile: join(folder.path, "a"), publicKeysFile: join(folder.path, "b") };
  const opening = openKeyRing({
    ...sources,
    keyPem: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
  });
  await expect(opening).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.not.stringContaining("c2VjcmV0"),
  });
});

test("a file of public keys with something else in it is refused at the start, not passed over", async () => {
  expect(() =>
    parsePublicKeys(`${publicKeyPem(generateKey().publicKey)}-----BEGIN X-----\nYQ==\n-----END X-----`),
  ).toThrow("expected an Ed25519 public key");
});

async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kong-upgrade-keys-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
