import { errorMessage } from "#src/kernel/app-error.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { actionIds } from "#src/slack/actions.ts";
import type { ActionId, ButtonValue } from "#src/slack/actions.ts";
import { helpOf } from "#src/slack/views/who-can.ts";
import type { whisper } from "./handle.ts";
import { gateOf } from "./intent-of-click.ts";
import type { ListenerPorts } from "./ports.ts";
import { tellStale } from "./stale-click.ts";

/** What was wanted, and who is answered. */
interface Refused {
  readonly actionId: ActionId;
  readonly value: ButtonValue;
  readonly person: Parameters<typeof whisper>[1];
  /** Words from a dialog that is closed now. */
  readonly written?: string;
}

/** A no with what would help: for a vote who can still give what is missing, by name. */
export async function tellRefused(
  ports: ListenerPorts,
  wish: Refused,
  { upgrade, refusal }: { readonly upgrade: Upgrade | undefined; readonly refusal: Refusal },
): Promise<void> {
  const help = upgrade === undefined ? undefined : await voteHelp(ports, wish, { upgrade, refusal });
  const { written } = wish;
  await tellStale(ports, wish, {
    upgrade,
    refusal,
    ...(help === undefined ? {} : { help }),
    ...(written === undefined ? {} : { written }),
  });
}

/** Where other people can help; what is outdated or elsewhere has nothing to do with people. */
const aboutPeople: ReadonlySet<Refusal["code"]> = new Set([
  "ineligible",
  "already_decided",
  "not_now",
  "step_up_needed",
]);

async function voteHelp(
  ports: ListenerPorts,
  { actionId, value }: Refused,
  { upgrade, refusal }: { readonly upgrade: Upgrade; readonly refusal: Refusal },
): Promise<string | undefined> {
  const isVote = actionId === actionIds.approve || actionId === actionIds.reject;
  const approval = gateOf(upgrade, value);
  if (!isVote || approval?.outcome.kind !== "open" || !aboutPeople.has(refusal.code)) return undefined;
  try {
    const { delegations, request } = upgrade;
    const { people: roster } = await ports.rosterOf(request.environment);
    return helpOf(refusal, { approval, delegations, roster, now: instantOf(ports.now()) }, ports.names);
  } catch (error) {
    ports.log.warn({ problem: errorMessage(error) }, "who can approve could not be looked up; the answer names nobody");
    return undefined;
  }
}
