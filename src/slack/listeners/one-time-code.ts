import { humanOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { codeProblem } from "#src/slack/views/totp.ts";
import type { ListenerPorts } from "./ports.ts";
import type { Errors } from "./submit-checked.ts";

/** What is wrong with something that cannot be a code; it costs nobody one of their attempts. */
export function codeFormErrors(code: string): Errors | undefined {
  return /^\d{6}$/u.test(code) ? undefined : { [inputBlocks.code]: "A code has six digits." };
}

/**
 * Uses the one-time code of a human up; answers what must be corrected. One call of the database, because Slack waits 3 s
 * for the answer beside the field. Where no codes are kept nobody is enrolled.
 */
export async function useCode(
  { codes }: Pick<ListenerPorts, "codes">,
  person: Person,
  code: string,
): Promise<Errors | undefined> {
  const errors = codeFormErrors(code);
  if (errors !== undefined) return errors;
  const answer = (await codes?.verify(humanOf(person), code)) ?? { outcome: "not_enrolled" };
  return answer.outcome === "accepted" ? undefined : { [inputBlocks.code]: codeProblem(answer) };
}
