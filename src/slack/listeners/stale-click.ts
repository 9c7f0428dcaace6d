import type { Refusal } from "#src/upgrade/refusals.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import { refused, refusedWith } from "#commands/reply.ts";
import { digestPrefix } from "#src/slack/actions.ts";
import type { ButtonValue } from "#src/slack/actions.ts";
import { planOf, statusContent } from "#src/slack/views/card.ts";
import { section } from "#src/slack/views/blocks.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";

/** What was clicked, and who is answered. */
interface Clicked {
  readonly value: ButtonValue;
  readonly person: Parameters<typeof whisper>[1];
}

/** Whether the button was made for something that is not there any more, or copied somewhere else. */
export function staleness(upgrade: Upgrade, { value, person }: Clicked): Refusal | undefined {
  const elsewhere = wrongChannel(upgrade, person.channel);
  if (elsewhere !== undefined) return elsewhere;
  if (upgrade.status === "closed") {
    return refuse(
      "closed",
      `${upgrade.id} is closed; this button does nothing any more.`,
      "Its record stays in the thread.",
    );
  }
  const plan = upgrade.status === "active" ? currentTrack(upgrade).plan : planOf(upgrade);
  if (value.plan !== undefined && (plan === undefined || digestPrefix(plan.digest) !== value.plan)) {
    return refuse(
      "outdated",
      `This button belongs to a plan of ${upgrade.id} that is not the one in force any more; nothing was done.`,
      "Use the newest message of the thread.",
    );
  }
  return undefined;
}

/** A card shows its buttons wherever it is copied; they work where it was posted, and in direct messages with the bot. */
export function wrongChannel(upgrade: Upgrade, channel: string | undefined): Refusal | undefined {
  const isHome = channel === undefined || channel === upgrade.request.channel || channel.startsWith("D");
  return isHome
    ? undefined
    : refuse(
        "wrong_channel",
        `This is a copy of a card of ${upgrade.id} in another channel; nothing was done.`,
        `It is operated in its own channel: please go to <#${upgrade.request.channel}>.`,
      );
}

export function unknownUpgrade(id: UpgradeId): Refusal {
  return refuse("not_found", `I do not know ${id}.`, "`/kong-upgrade status` lists what is open.");
}

/** A no, and what is true now. */
export async function tellStale(
  ports: ListenerPorts,
  { person }: Pick<Clicked, "person">,
  told: {
    readonly upgrade: Upgrade | undefined;
    readonly refusal: Refusal;
    /** Ready markup instead of the refusal's own help. */
    readonly help?: string;
    /** Words from a dialog that is closed now. */
    readonly written?: string;
  },
): Promise<void> {
  const { refusal, help, written } = told;
  const content = withWords(
    help === undefined ? refused(refusal).content : refusedWith(refusal.sentence, help),
    written ?? "",
  );
  const isAboutState = ["outdated", "already_decided", "already_done", "not_now", "closed", "conflict"].includes(
    told.refusal.code,
  );
  if (told.upgrade === undefined || !isAboutState) {
    await whisper(ports, person, content);
    return;
  }
  const now = statusContent(told.upgrade, ports.names);
  await whisper(ports, person, {
    text: `${content.text}\nNow: ${now.text}`,
    blocks: [...content.blocks, { type: "divider" }, ...now.blocks],
  });
}

/** What somebody wrote is not lost with the dialog that they wrote it into. */
export function withWords(content: Content, written: string): Content {
  if (written === "") return content;
  const kept = `*You wrote:* ${escapeText(written, 1_200)}`;
  return { text: `${content.text}\n${kept}`, blocks: [...content.blocks, section(kept)] };
}
