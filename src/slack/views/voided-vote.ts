import type { EventOf } from "#src/upgrade/events.ts";
import { personName } from "./names.ts";
import { escapeText } from "./text.ts";

type Voided = EventOf<"approval_voided">;

/** The words of the record for why somebody does not count, as people say them; other reasons are sentences already. */
const inWords: ReadonlyMap<string, string> = new Map([
  ["not_named", "in no list of its policy now"],
  ["is_deactivated", "deactivated"],
  ["is_guest", "a guest"],
  ["is_bot", "a bot"],
  ["is_external", "of another organisation"],
  ["is_requester", "asked for this themselves"],
  ["approved_before", "approved the last irreversible step"],
]);

/** Whose votes were lost that had counted, and why; `stepTitle` is escaped. */
export function voidedText(event: Voided, stepTitle: string): string {
  const votes = lostVotes(event);
  const [first, ...others] = votes;
  const rest = others.map(({ who, why }) => `, that of ${who} (${why})`).join("");
  const lost =
    first === undefined
      ? `a vote does not count any more (${escapeText(event.reason, 200)})`
      : `the vote of ${first.who} does not count any more (${first.why})${rest}`;
  return `♻️ Approval of “${stepTitle}” is open again: ${lost}`;
}

/** The record has one text for all: `U0CAROL01: is_deactivated, U0ERIN001: is_guest`. */
function lostVotes({ people, reason }: Voided): readonly { readonly who: string; readonly why: string }[] {
  return reason.split(/, (?=[UW][A-Z0-9]+: )/u).flatMap((each) => {
    const [, id, why] = /^([UW][A-Z0-9]+): (.+)$/u.exec(each) ?? [];
    if (id === undefined || why === undefined) return [];
    const person = people.find(({ userId }) => userId === id);
    return [
      {
        who: person === undefined ? escapeText(id, 60) : personName(person),
        why: inWords.get(why) ?? escapeText(why, 200),
      },
    ];
  });
}
