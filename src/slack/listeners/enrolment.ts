import { z } from "zod";
import { whyNoMember } from "#approvals/eligibility.ts";
import { humanOf } from "#approvals/person.ts";
import type { KnownPerson } from "#approvals/person.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { EnrolmentBegun, StepUp } from "#src/step-up/step-up.ts";
import { sentence } from "#commands/reply.ts";
import type { CodesPort } from "#commands/command.ts";
import type { Click, Submission } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { codeProblem, confirmDialog, confirmedMessage, secretMessage } from "#src/slack/views/totp.ts";
import { handle, whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";
import { codeFormErrors } from "./one-time-code.ts";
import { typedCode } from "./submit-checked.ts";
import type { Errors } from "./submit-checked.ts";

/** Makes a secret and sends it to its person, by a direct message that no store of ours keeps. */
export async function enrol(ports: ListenerPorts, stepUp: StepUp, person: KnownPerson): ReturnType<CodesPort["enrol"]> {
  const begun = await stepUp.begin(humanOf(person), { team: ports.identity.team, name: person.name });
  return begun.outcome === "begun" ? sendSecret(ports, person.userId, begun) : begun.outcome;
}

async function sendSecret(
  { clients, log }: ListenerPorts,
  userId: string,
  begun: EnrolmentBegun,
): Promise<"sent" | "not_sent"> {
  const { text, blocks } = secretMessage(begun);
  try {
    await clients.interactive.chat.postMessage({
      channel: userId,
      text,
      blocks: [...blocks],
      unfurl_links: false,
      unfurl_media: false,
    });
    return "sent";
  } catch (error) {
    // Only the sentence of it: the error of a failed call may carry what was sent.
    log.warn({ user: userId, problem: errorMessage(error) }, "a secret could not be sent by direct message");
    return "not_sent";
  }
}

/** The message that holds a secret, as the dialog carries it from the click to the submission. */
const placeSchema = z.strictObject({ channel: z.string().max(30), ts: z.string().max(30) });

/** The button under a secret: asks for the first code. */
export async function askForFirstCode(ports: ListenerPorts, click: Click, ack: () => Promise<void>): Promise<void> {
  const person = { userId: click.user.id, channel: click.channel?.id, responseUrl: click.response_url };
  const incoming = {
    what: "action confirm code",
    ...originOf(click),
    dedupKey: `click/${click.trigger_id}`,
    person,
  };
  const place = { channel: click.channel?.id ?? "", ts: click.container?.message_ts ?? "" };
  const view = confirmDialog(JSON.stringify(place));
  await handle(ports, incoming, {
    acknowledge: ack,
    first: async () => {
      await ports.clients.interactive.views.open({ trigger_id: click.trigger_id, view });
    },
  });
}

/** The first code of a new secret was sent: when it is right, the secret is taken out of the message. */
export async function confirmCode(ports: ListenerPorts, submission: Submission): Promise<Errors | undefined> {
  const code = typedCode(submission);
  const errors = codeFormErrors(code);
  if (errors !== undefined) return errors;
  const found = await memberOf(ports, submission);
  if ("problem" in found) return { [inputBlocks.code]: found.problem };
  const answer = await found.stepUp.confirm(humanOf(found.person), code);
  if (answer.outcome !== "accepted") return { [inputBlocks.code]: codeProblem(answer) };
  const isGone = await takeOutSecret(ports, submission);
  const said = isGone
    ? "🔑 Your one-time codes are set up."
    : "🔑 Your one-time codes are set up. I could not take the secret out of my direct message; `/kong-upgrade totp replace` makes a new one.";
  ports.log.info({ user: found.person.userId }, "one-time codes were set up");
  await whisper(ports, { userId: submission.user.id }, sentence(said));
  return undefined;
}

/** A current code was sent: a new secret follows by direct message, and the old one counts until that is confirmed. */
export async function replaceCode(ports: ListenerPorts, submission: Submission): Promise<Errors | undefined> {
  const code = typedCode(submission);
  const errors = codeFormErrors(code);
  if (errors !== undefined) return errors;
  const found = await memberOf(ports, submission);
  if ("problem" in found) return { [inputBlocks.code]: found.problem };
  const { stepUp, person } = found;
  const account = { team: ports.identity.team, name: person.name };
  const answer = await stepUp.replace(humanOf(person), account, code);
  if (answer.outcome !== "begun") return { [inputBlocks.code]: codeProblem(answer) };
  ports.log.info({ user: person.userId }, "one-time codes are being replaced");
  if ((await sendSecret(ports, person.userId, answer)) === "not_sent")
    return { [inputBlocks.code]: "I could not send you a direct message; the old secret still counts." };
  return undefined;
}

async function memberOf(
  { codes: stepUp, people }: ListenerPorts,
  { user }: Submission,
): Promise<{ readonly stepUp: StepUp; readonly person: KnownPerson } | { readonly problem: string }> {
  const person = await people.lookUp({ userId: user.id, teamId: user.team_id, groups: [], isFresh: true });
  if (person.kind === "unknown")
    return { problem: "Slack could not tell who you are just now; try again in a moment." };
  if (stepUp === undefined || whyNoMember(person) !== undefined) return { problem: "This account cannot use codes." };
  return { stepUp, person };
}

/** Whether the secret is out of the message that the dialog was opened from. */
async function takeOutSecret({ clients, log }: ListenerPorts, { view, user }: Submission): Promise<boolean> {
  const place = placeSchema.safeParse(parseJson(view.private_metadata));
  if (!place.success) return false;
  const { text, blocks } = confirmedMessage();
  try {
    await clients.interactive.chat.update({ ...place.data, text, blocks: [...blocks] });
    return true;
  } catch (error) {
    log.warn(
      { user: user.id, problem: errorMessage(error) },
      "a confirmed secret could not be taken out of its message",
    );
    return false;
  }
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    // Not ours: nothing is edited then.
    return undefined;
  }
}
