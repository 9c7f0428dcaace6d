import type { EventOf } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { title } from "./card.ts";
import { requesterName } from "./names.ts";
import { escapeText } from "./text.ts";

/** Told to who takes over. */
export function handedOver(event: EventOf<"upgrade_handed_over">, upgrade: Upgrade): Content {
  const text = `🙋 *You run ${escapeText(title(upgrade), 200)} from now on*, instead of ${requesterName(event.from)} (handed over by ${requesterName(event.by)}).\nYou are mentioned when somebody must act, in <#${upgrade.request.channel}>. You cannot approve it any more; \`/kong-upgrade hand-over @person\` hands it on.`;
  return { text: text.replaceAll("*", ""), blocks: [section(text)] };
}
