import { canonicalJson, digestOf, digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";

/** Everything of a recorded event that its hash covers: all but the hash itself. */
export type Hashed = Omit<RecordedEvent, "hash">;

/** What the first event of an upgrade is chained to, so that no event fits into another record. */
export function chainStart(upgradeId: UpgradeId): Digest {
  return digestOf(upgradeId);
}

/** The bytes that are hashed into the chain and are the leaves of the checkpoint's tree: canonical JSON (RFC 8785). */
export function eventBytes(event: Readonly<Record<keyof Hashed, unknown>>): Uint8Array {
  const { upgradeId, version, at, actor, event: what, previous } = event;
  return Buffer.from(canonicalJson({ upgradeId, version, at, actor, event: what, previous }));
}

/** Completes an event with its hash. */
export function seal(event: Hashed): RecordedEvent {
  return { ...event, hash: digestOfText(eventBytes(event)) };
}
