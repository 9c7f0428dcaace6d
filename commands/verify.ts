import { AppError } from "#src/kernel/app-error.ts";
import { escapeText, inlineCode } from "#src/slack/views/text.ts";
import { asUpgradeId, upgradeOf } from "./target.ts";
import { targetArgument } from "./act.ts";
import type { AnswerData } from "./answer-data.ts";
import type { Call, Command, Verification } from "./command.ts";
import { answered, refused, sentence } from "./reply.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";

export const verify: Command = {
  word: "verify",
  summary: "check that the stored record was not changed, and that it agrees with the thread",
  details: [
    "The hash chain is recomputed and compared with the heads that I posted into the thread at milestones. A file is checked with `npx kong-upgrade verify FILE`.",
  ],
  example: "verify KU-2026-0007",
  positionals: [targetArgument],
  options: [],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const id = await idOf(call, call.arguments.positionals.get("target"));
    if (!id.ok) return refused(id.problem);
    const result = await call.records.verifyRecord(id.value);
    return answered(
      sentence(
        result.kind === "ok"
          ? `✅ The record of *${id.value}* is whole: ${result.events} events, head ${inlineCode(result.head)}. ${comparedText(call, result.witnessed)}`
          : `🚨 The record of *${id.value}* is *not* what was recorded: ${escapeText(result.problem, 1_000)}`,
      ),
      verificationData(id.value, result),
    );
  },
};

/** What the heads in the thread said; a terminal does not read Slack. */
function comparedText({ by }: Call, witnessed: number): string {
  if (by.kind === "terminal")
    return "It was not compared with the heads in the thread: a terminal does not read Slack.";
  if (witnessed === 0) return "The thread holds no head to compare with yet.";
  return `It agrees with ${witnessed === 1 ? "the head" : `all ${witnessed} heads`} in the thread.`;
}

function verificationData(id: UpgradeId, result: Verification): AnswerData {
  return result.kind === "ok"
    ? { kind: "verification", id, isWhole: true, events: result.events, head: result.head, problem: null }
    : { kind: "verification", id, isWhole: false, events: null, head: null, problem: result.problem };
}

/** An id is enough in every channel; an environment is looked up like everywhere. */
async function idOf(call: Call, typed: string | undefined): Promise<Result<UpgradeId, Refusal>> {
  const id = asUpgradeId(typed);
  if (id !== undefined) {
    return (await isThere(call, id))
      ? ok(id)
      : no(refuse("not_found", `There is no upgrade ${id}.`, "`/kong-upgrade status` lists the open ones."));
  }
  const upgrade = await upgradeOf(typed === undefined ? call : { ...call, channel: undefined }, typed, "newest");
  return upgrade.ok ? ok(upgrade.value.id) : upgrade;
}

/** A record that cannot be read any more is there, and is exactly what verification is for. */
async function isThere(call: Call, id: UpgradeId): Promise<boolean> {
  try {
    return (await call.desk.find(id)) !== undefined;
  } catch (error) {
    if (error instanceof AppError && error.code !== "record_invalid") throw error;
    return true;
  }
}
