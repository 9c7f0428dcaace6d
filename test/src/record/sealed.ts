import { chainStart, eventBytes, seal } from "#src/record/chain.ts";
import type { StoredCheckpoint } from "#src/record/checkpoint-rows.ts";
import { originOf } from "#src/record/origin.ts";
import { checkpointOf, formatCheckpoint } from "#src/signing/checkpoint.ts";
import { signNote } from "#src/signing/signed-note.ts";
import type { SigningKey } from "#src/signing/signing-key.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { planned, started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { aliceActs } from "./walk.ts";

/** The events of a story as they would lie in the record of `upgradeId`. */
export function sealStory(story: Story, upgradeId: UpgradeId): readonly RecordedEvent[] {
  return rechain(
    upgradeId,
    story.occurred.map(({ version, at, event }) => ({ upgradeId, version, at, actor: aliceActs, event })),
  );
}

/** Gives events new places in a chain of their own: what a forger does who can compute hashes. */
export function rechain(
  upgradeId: UpgradeId,
  events: readonly Omit<RecordedEvent, "previous" | "hash">[],
): readonly RecordedEvent[] {
  let previous = chainStart(upgradeId);
  return events.map(({ at, actor, event }, index) => {
    const sealed = seal({ upgradeId, version: index + 1, at, actor, event, previous });
    previous = sealed.hash;
    return sealed;
  });
}

/** A record with these notes in it; about ten events and one for each note. */
export function recordWithNotes(upgradeId: UpgradeId, texts: readonly string[]): readonly RecordedEvent[] {
  const story = started();
  for (const text of texts) story.wait(1_000).must({ intent: "add_note", text, by: inSlack(alice) });
  return sealStory(story, upgradeId);
}

/** The whole way to the end, with approvals, as a story. */
export function completedRecord(upgradeId: UpgradeId): readonly RecordedEvent[] {
  return sealStory(
    planned()
      .must({ intent: "start", by: inSlack(alice) })
      .runUntil(),
    upgradeId,
  );
}

/** A checkpoint over the first `size` events. */
export function checkpointAt(events: readonly RecordedEvent[], size: number, key: SigningKey): StoredCheckpoint {
  const [first] = events;
  if (first === undefined) throw new Error("no events");
  const origin = originOf(first.upgradeId);
  const text = formatCheckpoint(checkpointOf(origin, events.slice(0, size).map(eventBytes)));
  return { size, keyId: key.publicKey.keyId, note: signNote(text, origin, key), signedAt: first.at };
}
