import { readFile } from "node:fs/promises";
import type { AnswerData } from "#commands/answer-data.ts";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { verifyExport } from "#src/record/verify.ts";
import { parsePublicKeys } from "#src/signing/public-key-file.ts";
import { parsePublicKey } from "#src/signing/signing-key.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import type { Printed } from "./run-word.ts";

export interface VerifyOptions {
  readonly head?: string | undefined;
  /** A file of public keys to trust. */
  readonly key?: string | undefined;
  /** One line for programs. */
  readonly isJson: boolean;
}

type Verified = Extract<AnswerData, { readonly kind: "verification" }>;

/** Checks an exported file, with nothing but the file: no database, no Slack. @throws AppError `usage`, `config_invalid` */
export async function verifyFile(file: string, { head, key, isJson }: VerifyOptions): Promise<Printed> {
  if (head !== undefined && !/^\s*(?:sha256:)?[\da-f]{12,64}\s*$/iu.test(head))
    throw new AppError(
      "usage",
      `--head cannot be “${head}”; give sha256: and at least 12 digits, as the thread shows it`,
    );
  const json = await textOf(file, "give the JSON file that `/kong-upgrade record` posted");
  const trustedKeys = key === undefined ? undefined : await givenKeys(key);
  const result = verifyExport(json, { head, trustedKeys });
  const printed = (text: string, data: Verified): Printed => ({
    text: isJson ? JSON.stringify(data) : text,
    status: data.isWhole ? 0 : 1,
  });
  if (!result.ok) {
    const problem = result.problem.sentence;
    const data: Verified = { kind: "verification", id: null, isWhole: false, events: null, head: null, problem };
    return printed(`NOT the record that was written: ${problem}`, data);
  }
  const { upgradeId: id, events, head: found, checkpoints, anchoredUpTo, remarks } = result.value;
  const lines = [
    `${id}: verified, ${events.length} events, head ${found}, ${checkpoints} signed checkpoints up to event ${anchoredUpTo}`,
    ...remarks.map((remark) => `  note: ${remark}`),
  ];
  return printed(lines.join("\n"), {
    kind: "verification",
    id,
    isWhole: true,
    events: events.length,
    head: found,
    problem: null,
  });
}

/** Keys to trust: one, or those of several years in one file. */
async function givenKeys(file: string): Promise<readonly PublicKey[]> {
  const pem = await textOf(file, "give a file of public keys in PEM, such as a copy of signing-key.pub.pem");
  const keys = parsePublicKeys(pem);
  // A file without any block gets the complaint that names the form.
  return keys.length === 0 ? [parsePublicKey(pem)] : keys;
}

async function textOf(file: string, help: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("usage", `cannot read ${file} (${errorMessage(cause)}); ${help}`, { cause });
  });
}
