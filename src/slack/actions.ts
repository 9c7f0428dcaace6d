import { z } from "zod";
import type { Digest } from "#src/kernel/digest.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";

/** The ids of every button of the bot; a click on another id comes from an older version. */
export const actionIds = {
  start: "ku_start",
  pause: "ku_pause",
  resume: "ku_resume",
  abort: "ku_abort",
  approve: "ku_approve",
  reject: "ku_reject",
  withdrawVote: "ku_withdraw_vote",
  cancelRequest: "ku_cancel_request",
  cancelStep: "ku_cancel_step",
  retry: "ku_retry",
  rollBack: "ku_roll_back",
  hold: "ku_hold",
  lookAgain: "ku_look_again",
  countAsDone: "ku_count_as_done",
  acceptDrift: "ku_accept_drift",
  waiveLook: "ku_waive_look",
  unschedule: "ku_unschedule",
  lift: "ku_lift",
  confirmManual: "ku_confirm_manual",
  answer: "ku_answer",
  showEverything: "ku_show_everything",
} as const;
export type ActionId = (typeof actionIds)[keyof typeof actionIds];

/** Callback ids of the modals that ask for words. */
export const modalIds = {
  approve: "ku_modal_approve",
  cancelRequest: "ku_modal_cancel_request",
  cancelStep: "ku_modal_cancel_step",
  reject: "ku_modal_reject",
  countAsDone: "ku_modal_count_as_done",
  acceptDrift: "ku_modal_accept_drift",
  waiveLook: "ku_modal_waive_look",
  abort: "ku_modal_abort",
  lift: "ku_modal_lift",
  answer: "ku_modal_answer",
  breakGlass: "ku_modal_break_glass",
  review: "ku_modal_review",
  confirmCode: "ku_modal_confirm_code",
  replaceCode: "ku_modal_replace_code",
} as const;

/** The button that opens the review of a broken glass: also where the upgrade is closed, and in direct messages. */
export const reviewAction = "ku_review";

/** The button under a secret in a direct message; it belongs to no upgrade. */
export const confirmCodeAction = "ku_confirm_code";

const hex = z.string().regex(/^[0-9a-f]{16}$/u);

const upgradeValueSchema = z.strictObject({ u: upgradeIdSchema, p: hex.optional() });
const stepValueSchema = z.strictObject({
  u: upgradeIdSchema,
  s: z.string().max(80),
  a: z.number().int().min(1),
  p: hex,
  d: hex.optional(),
});
/** Longer ids get no button: a button's value takes 2,000 characters, and a character may be escaped as six. */
export const maxQuestionId = 150;
const questionValueSchema = z.strictObject({ u: upgradeIdSchema, p: hex, q: z.string().min(1).max(maxQuestionId) });
const valueSchema = z.union([stepValueSchema, questionValueSchema, upgradeValueSchema]);

/** What a button carries: opaque ids only. Everything they mean is looked up again, so an old button can do nothing. */
export interface ButtonValue {
  readonly upgradeId: UpgradeId;
  /** First 16 hex digits of the plan's digest; absent before there is a plan. */
  readonly plan?: string;
  readonly step?: { readonly id: string; readonly attempt: number; readonly digest?: string };
  /** Id of the finding that asks. */
  readonly question?: string;
}

/** Compact JSON of at most a few hundred characters; Slack allows 2,000 in a button's value. */
export function encodeValue({ upgradeId, plan, step, question }: ButtonValue): string {
  return JSON.stringify({
    u: upgradeId,
    ...(plan === undefined ? {} : { p: plan }),
    ...(step === undefined ? {} : { s: step.id, a: step.attempt }),
    ...(step?.digest === undefined ? {} : { d: step.digest }),
    ...(question === undefined ? {} : { q: question }),
  });
}

/** Reads a button's value or a modal's private metadata; undefined for anything that this version did not write. */
export function decodeValue(raw: string | undefined): ButtonValue | undefined {
  if (raw === undefined || raw.length > 2_000) return undefined;
  const parsed = valueSchema.safeParse(parseJson(raw));
  if (!parsed.success) return undefined;
  const { u, p, ...rest } = parsed.data;
  return {
    upgradeId: u,
    ...(p === undefined ? {} : { plan: p }),
    ...("s" in rest
      ? { step: { id: rest.s, attempt: rest.a, ...(rest.d === undefined ? {} : { digest: rest.d }) } }
      : {}),
    ...("q" in rest ? { question: rest.q } : {}),
  };
}

/** The part of a digest that a button carries. */
export function digestPrefix(digest: Digest): string {
  return digest.slice("sha256:".length, "sha256:".length + 16);
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    // Not ours: the caller answers that the button is from another version.
    return undefined;
  }
}
