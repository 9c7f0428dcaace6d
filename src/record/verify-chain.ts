import { z } from "zod";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { recordedEventSchema } from "#src/upgrade/events.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { chainStart, eventBytes } from "./chain.ts";
import { faultAt } from "./fault.ts";
import type { Fault } from "./fault.ts";

/** A record whose events are whole, in order, chained, and possible. */
export interface VerifiedChain {
  readonly events: readonly RecordedEvent[];
  /** The canonical bytes of each event: the leaves of the checkpoints' tree. */
  readonly leaves: readonly Uint8Array[];
  readonly head: Digest;
}

/** The form only: what was hashed is judged as it lies there, before any schema could drop a part of it. */
const formSchema = z.strictObject({
  upgradeId: z.string(),
  version: z.number().int(),
  at: z.string(),
  actor: z.unknown(),
  event: z.unknown(),
  previous: z.string(),
  hash: z.string(),
});
type Form = z.infer<typeof formSchema>;

/** Checks a record event by event and names the first bad one. */
export function verifyChain(upgradeId: UpgradeId, rawEvents: readonly unknown[]): Result<VerifiedChain, Fault> {
  const forms: Form[] = [];
  for (const [index, raw] of rawEvents.entries()) {
    const form = formSchema.safeParse(raw);
    if (!form.success) return no(faultAt(index + 1, "unreadable", unreadableAt(index + 1, form.error.message)));
    forms.push(form.data);
  }
  if (forms.length === 0) return no(faultAt(1, "cut", "the record holds no event at all"));

  const leaves: Uint8Array[] = [];
  let head = chainStart(upgradeId);
  for (const [index, form] of forms.entries()) {
    const misplaced = findMisplaced(upgradeId, forms, index);
    if (misplaced !== undefined) return no(misplaced);
    const linked = checkLink(form, head);
    if (!linked.ok) return linked;
    leaves.push(linked.value.bytes);
    head = linked.value.hash;
  }
  const events = readEvents(rawEvents);
  return events.ok ? ok({ events: events.value, leaves, head }) : events;
}

function findMisplaced(upgradeId: UpgradeId, forms: readonly Form[], index: number): Fault | undefined {
  const form = forms[index];
  const expected = index + 1;
  if (form === undefined) return undefined;
  if (form.upgradeId !== upgradeId) {
    return faultAt(
      expected,
      "swapped",
      `the event in place ${expected} belongs to ${form.upgradeId}, not to ${upgradeId}`,
    );
  }
  if (form.version === expected) return undefined;
  const isElsewhere = form.version < expected || forms.some((other) => other.version === expected);
  return isElsewhere
    ? faultAt(
        expected,
        "reordered",
        `place ${expected} holds event ${form.version}: the events were put into another order`,
      )
    : faultAt(expected, "dropped", `event ${expected} is missing: event ${form.version} follows event ${index}`);
}

function checkLink(form: Form, previous: Digest): Result<{ readonly bytes: Uint8Array; readonly hash: Digest }, Fault> {
  const { version } = form;
  const bytes = bytesOf(form);
  if (bytes === undefined) return no(faultAt(version, "unreadable", unreadableAt(version, "it has no canonical form")));
  const hash = digestOfText(bytes);
  if (hash !== form.hash) {
    return no(
      faultAt(
        version,
        "edited",
        `event ${version} was edited: its contents give ${hash}, the record says ${form.hash}`,
      ),
    );
  }
  if (form.previous !== previous) {
    const sentence = `event ${version} continues another history: it follows ${form.previous}, the event before it is ${previous}`;
    return no(faultAt(version, "forked", sentence));
  }
  return ok({ bytes, hash });
}

function bytesOf(form: Form): Uint8Array | undefined {
  try {
    return eventBytes(form);
  } catch {
    // Lone surrogates and the like: nothing that this program ever wrote.
    return undefined;
  }
}

function readEvents(rawEvents: readonly unknown[]): Result<readonly RecordedEvent[], Fault> {
  const events: RecordedEvent[] = [];
  let upgrade: Upgrade | undefined;
  for (const [index, raw] of rawEvents.entries()) {
    const version = index + 1;
    const event = recordedEventSchema.safeParse(raw);
    if (!event.success) return no(faultAt(version, "unreadable", unreadableAt(version, event.error.message)));
    try {
      upgrade = evolve(upgrade, event.data);
    } catch (cause) {
      return no(faultAt(version, "impossible", errorMessage(cause)));
    }
    events.push(event.data);
  }
  return ok(events);
}

function unreadableAt(version: number, why: string): string {
  return `event ${version} cannot be read (edited, or written by a newer kong-upgrade): ${why}`;
}
