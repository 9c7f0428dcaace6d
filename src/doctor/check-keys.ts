import { access } from "node:fs/promises";
import type { Settings } from "#src/config/settings.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import { loadOrCreateKey, parseSigningKey } from "#src/signing/signing-key.ts";
import type { PublicKey, SigningKey } from "#src/signing/signing-key.ts";
import { readStepUpKeys } from "#src/step-up/keys.ts";
import { failed, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const about = (subject: string) => ({ area: "keys", subject }) as const;

/** The bot's keys: there, readable by their owner only, and the public one given to runners. Nothing is made. */
export async function checkBotKeys(settings: Settings): Promise<readonly Finding[]> {
  const { signingKeyFile, signingKeyPem, publicKeysFile } = settings;
  const subject = about(signingKeyPem === undefined ? signingKeyFile : "KONG_UPGRADE_SIGNING_KEY_PEM");
  if (signingKeyPem === undefined && !(await exists(signingKeyFile)))
    return [
      warning(
        subject,
        "there is no signing key yet",
        "the bot makes it when it first starts; every replica needs the same one",
      ),
    ];
  const key =
    signingKeyPem === undefined
      ? await loadOrCreateKey(signingKeyFile)
      : parseSigningKey(signingKeyPem, subject.subject);
  return [ok(subject, `Ed25519, readable by its owner only`), await checkPublished(publicKeysFile, key)];
}

async function checkPublished(file: string, { publicKey }: SigningKey): Promise<Finding> {
  const listed = (await readPublicKeyFile(file)) ?? [];
  const isThere = listed.some(({ keyId }) => keyId === publicKey.keyId);
  const seen = `${listed.length} public ${listed.length === 1 ? "key" : "keys"}`;
  const fix = "start the bot: it writes its public key there; then give the file to runners and restart them";
  if (isThere) return ok(about(file), `${seen}, among them the one that fits the signing key`);
  return listed.length === 0
    ? warning(about(file), "holds no public key", fix)
    : failed(about(file), `${seen}, none of which fits the signing key`, fix);
}

/** The key of one-time codes. */
export async function checkStepUpKey({ stepUpKey }: Settings): Promise<readonly Finding[]> {
  const subject = about("file" in stepUpKey ? stepUpKey.file : "KONG_UPGRADE_STEP_UP_KEY_VALUE");
  if ("file" in stepUpKey && !(await exists(stepUpKey.file)))
    return [
      warning(
        subject,
        "there is no key for one-time codes yet",
        "it is made when the bot first starts; every replica needs the same one",
      ),
    ];
  const keys = await readStepUpKeys(stepUpKey);
  return [ok(subject, `${keys.length} ${keys.length === 1 ? "key" : "keys"} for one-time codes`)];
}

/** What a runner checks approvals with. */
export async function checkRunnerKeys({ publicKeysFile }: Settings): Promise<readonly Finding[]> {
  const keys: readonly PublicKey[] | undefined = await readPublicKeyFile(publicKeysFile);
  const subject = about(publicKeysFile);
  return [
    keys === undefined
      ? failed(
          subject,
          "holds no public key, so every approval would be refused",
          "copy signing-key.pub.pem from the bot's data directory and set KONG_UPGRADE_PUBLIC_KEYS",
        )
      : ok(subject, `${keys.length} public ${keys.length === 1 ? "key" : "keys"} of the bot`),
  ];
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
