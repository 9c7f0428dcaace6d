import { randomUUID } from "node:crypto";
import { z } from "zod";
import { stepUpSchema } from "#approvals/policy.ts";
import { canonicalJson, digestOfText, digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { liftedSchema } from "#src/upgrade/events.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { openEnvelope, signEnvelope } from "./dsse.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

const about = { upgradeId: upgradeIdSchema, personId: z.string() };
const gate = { ...about, stepId: z.string(), attempt: z.number().int().min(1), digest: digestSchema };

const deedSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("vote"),
    ...gate,
    decision: z.enum(["approve", "reject"]),
    stepUp: stepUpSchema,
    /** Accounts in whose place it was said that the person votes. */
    onBehalfOf: z.array(z.string()).readonly(),
    /** Of the words; null without any. */
    reason: digestSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal("withdrawal"), ...gate }),
  z.strictObject({
    kind: z.literal("broken-glass"),
    ...gate,
    stepUp: stepUpSchema,
    reason: digestSchema,
    incident: z.string(),
  }),
  z.strictObject({ kind: z.literal("delegation"), ...about, to: z.string(), until: instantSchema }),
  z.strictObject({
    kind: z.literal("lift"),
    ...about,
    hold: liftedSchema,
    reason: digestSchema,
    /** User groups and rosters that the person was seen in. */
    groups: z.array(z.string()).readonly(),
  }),
]);
/** What somebody really did in Slack: nothing of it can be taken for another step, attempt, upgrade, person or proof. */
export type Deed = z.infer<typeof deedSchema>;

const sealSchema = z.strictObject({
  deed: deedSchema,
  /** By the clock of the bot. */
  at: instantSchema,
  /** Makes every seal a different one, so that one that is used again is seen. */
  nonce: z.string(),
});

/** Seals what somebody did, in the process that heard it from Slack. */
export function sealDeed(deed: Deed, at: Instant, key: SigningKey): Envelope {
  const payload = canonicalJson({ deed, at, nonce: randomUUID() });
  return signEnvelope(payloadTypeOf(deed.kind), Buffer.from(payload), key);
}

/** What a seal of one of these keys says, undefined for any other. */
export function openSeal<Kind extends Deed["kind"]>(
  kind: Kind,
  seal: Envelope | undefined,
  keys: readonly PublicKey[],
): { readonly deed: Extract<Deed, { readonly kind: Kind }>; readonly at: Instant } | undefined {
  const payload = seal && openEnvelope(seal, payloadTypeOf(kind), keys);
  if (payload === undefined) return undefined;
  const opened = sealSchema.safeParse(JSON.parse(Buffer.from(payload).toString("utf8")));
  return opened.success && isKind(opened.data.deed, kind) ? { deed: opened.data.deed, at: opened.data.at } : undefined;
}

/** The words behind a decision, as a seal covers them. */
export function wordsDigest(words: string): Digest {
  return digestOfText(words);
}

/** A DSSE payload type for each kind of deed. */
function payloadTypeOf(kind: Deed["kind"]): string {
  return `application/vnd.kong-upgrade.${kind}+json`;
}

function isKind<Kind extends Deed["kind"]>(deed: Deed, kind: Kind): deed is Extract<Deed, { readonly kind: Kind }> {
  return deed.kind === kind;
}
