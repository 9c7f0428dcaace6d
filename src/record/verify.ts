import type { Digest } from "#src/kernel/digest.ts";
import type { z } from "zod";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import { parseVerifier } from "#src/signing/signed-note.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { exportSchema } from "./export-format.ts";
import { faultAt } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { originOf } from "./origin.ts";
import type { Record } from "./record.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyCheckpoints } from "./verify-checkpoints.ts";

export interface VerifyOptions {
  /** Keys known from somewhere else than the file; with them at least one checkpoint must be signed by one of them. */
  readonly trustedKeys?: readonly PublicKey[] | undefined;
  /** A head kept elsewhere, e.g. `sha256:…` from the Slack thread; at least its first 12 hexadecimal digits. */
  readonly head?: string | undefined;
}

/** A record in which nothing wrong was found, with what that is worth. */
export interface VerifiedRecord {
  readonly upgradeId: UpgradeId;
  readonly events: readonly RecordedEvent[];
  readonly head: Digest;
  readonly checkpoints: number;
  /** So many events are covered by a verified checkpoint. */
  readonly anchoredUpTo: number;
  readonly keySource: "given" | "file";
  /** Number of the event that the given head belongs to. */
  readonly headAt?: number;
  /** Sentences that must be told together with the good news. */
  readonly remarks: readonly string[];
}

/** The first few complaints on one line. */
function complaintsOf({ issues }: z.ZodError): string {
  const some = issues.slice(0, 3).map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
  return [...some, ...(issues.length > some.length ? ["…"] : [])].join("; ");
}

/** Verifies an exported JSON change record off-line and names the first bad event. */
export function verifyExport(json: string, options: VerifyOptions = {}): Result<VerifiedRecord, Fault> {
  const raw = parseJson(json);
  const file = exportSchema.safeParse(raw);
  if (!file.success) {
    return no({
      kind: "unreadable",
      sentence:
        raw === undefined
          ? "this is no JSON; was the file cut off?"
          : `this is no change record that this version knows (${complaintsOf(file.error)})`,
    });
  }
  const { upgradeId, events, checkpoints, verifierKeys, head } = file.data;
  const fromFile = verifierKeys.map(parseVerifier);
  if (fromFile.includes(undefined))
    return no({ kind: "unreadable", sentence: "a verifier key in the file is malformed" });
  const verified = verify(
    {
      upgradeId,
      events,
      checkpoints,
      ownKeys: fromFile.flatMap((verifier) => (verifier === undefined ? [] : [verifier.publicKey])),
    },
    options,
  );
  if (!verified.ok) return verified;
  const { value } = verified;
  if (head.version > value.events.length) {
    const sentence = `the tail was cut off: the file's head is event ${head.version}, it holds ${value.events.length}`;
    return no(faultAt(value.events.length + 1, "cut", sentence));
  }
  if (head.version !== value.events.length || head.hash !== value.head) {
    return no({
      kind: "wrong_head",
      sentence: `the file says its head is ${head.hash}, its events end in ${value.head}`,
    });
  }
  return verified;
}

/** Verifies what lies in the database now, as it lies there. */
export async function verifyStored(
  record: Pick<Record, "rawEvents" | "checkpoints">,
  upgradeId: UpgradeId,
  options: VerifyOptions & { readonly ownKeys: readonly PublicKey[] },
): Promise<Result<VerifiedRecord, Fault>> {
  // Checkpoints first: one that is signed in between would know of events that were not read.
  const checkpoints = await record.checkpoints(upgradeId);
  const events = await record.rawEvents(upgradeId);
  const notes = checkpoints.map(({ note }) => note);
  return verify({ upgradeId, events, checkpoints: notes, ownKeys: options.ownKeys }, options);
}

interface Material {
  readonly upgradeId: UpgradeId;
  readonly events: readonly unknown[];
  readonly checkpoints: readonly string[];
  /** Keys that came with the material: worth as much as the material. */
  readonly ownKeys: readonly PublicKey[];
}

function verify(material: Material, { trustedKeys, head }: VerifyOptions): Result<VerifiedRecord, Fault> {
  const { upgradeId, checkpoints } = material;
  const chain = verifyChain(upgradeId, material.events);
  if (!chain.ok) return chain;
  const { events, leaves } = chain.value;
  const origin = originOf(upgradeId);
  const keys = trustedKeys ?? material.ownKeys;
  const verifiers = keys.map((publicKey) => ({ name: origin, publicKey }));
  const anchoring = verifyCheckpoints({ origin, leaves }, checkpoints, verifiers);
  if (!anchoring.ok) return anchoring;
  const { verified, ignored, anchoredUpTo } = anchoring.value;
  if (trustedKeys !== undefined && verified === 0) {
    const sentence = `none of the ${checkpoints.length} checkpoints of ${upgradeId} is signed by a key that you trust`;
    return no({ kind: "unanchored", sentence });
  }
  const headAt = head === undefined ? undefined : findHead(events, head);
  if (head !== undefined && headAt === undefined) {
    const sentence = `no event of this record has the hash ${head}: the record was cut off before it, or it is another history`;
    return no({ kind: "wrong_head", sentence });
  }
  const keySource: VerifiedRecord["keySource"] = trustedKeys === undefined ? "file" : "given";
  const remarks = remarksOn({ events: events.length, verified, ignored, anchoredUpTo, keySource, headAt });
  const figures = {
    upgradeId,
    events,
    head: chain.value.head,
    checkpoints: verified,
    anchoredUpTo,
    keySource,
    remarks,
  };
  return ok(headAt === undefined ? figures : { ...figures, headAt });
}

/** Shorter prefixes could be hit by chance or by trying. */
const shortestHead = 12;

function findHead(events: readonly RecordedEvent[], head: string): number | undefined {
  const hex = head
    .trim()
    .toLowerCase()
    .replace(/^sha256:/u, "");
  if (hex.length < shortestHead) return undefined;
  return events.find((event) => event.hash.startsWith(`sha256:${hex}`))?.version;
}

function remarksOn(found: {
  readonly events: number;
  readonly verified: number;
  readonly ignored: number;
  readonly anchoredUpTo: number;
  readonly keySource: VerifiedRecord["keySource"];
  readonly headAt: number | undefined;
}): readonly string[] {
  const { events, verified, ignored, anchoredUpTo, keySource, headAt } = found;
  const remarks: string[] = [];
  if (verified === 0)
    remarks.push("No checkpoint is signed by a known key: the chain is whole, but anybody could have made it.");
  else if (keySource === "file") {
    remarks.push("The key came with the record itself: compare it with the one that the bot prints at its start.");
  }
  if (ignored > 0) remarks.push(`${ignored} checkpoint(s) signed by unknown keys were not counted.`);
  if (verified > 0 && anchoredUpTo < events) {
    remarks.push(`Events ${anchoredUpTo + 1} to ${events} came after the last signed checkpoint.`);
  }
  if (headAt === undefined) remarks.push("No head from the Slack thread was compared.");
  else if (headAt < events)
    remarks.push(`The given head is that of event ${headAt}; ${events - headAt} event(s) came later.`);
  return remarks;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not JSON is no change record: the schema answers that.
    return undefined;
  }
}
