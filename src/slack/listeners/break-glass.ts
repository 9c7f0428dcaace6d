import type { Person } from "#approvals/person.ts";
import { glassOf } from "#commands/break-glass.ts";
import { refused, sentence } from "#commands/reply.ts";
import { isBlank, visibleSigns } from "#src/kernel/visible-signs.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { decodeValue, digestPrefix } from "#src/slack/actions.ts";
import type { ButtonValue } from "#src/slack/actions.ts";
import type { Submission } from "#src/slack/incoming.ts";
import { groupsOf } from "#src/slack/people.ts";
import type { Glass } from "#src/slack/views/break-glass.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { codesPort, peoplePort } from "./command-ports.ts";
import { whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";
import { refuseVotePlace } from "./vote-place.ts";
import { useCode } from "./one-time-code.ts";
import { typedCode, typedInto } from "./submit-checked.ts";
import type { Errors } from "./submit-checked.ts";

const outdated = refuse(
  "outdated",
  "This dialog is outdated: what it showed is not what would start now. Nothing was done.",
  "Look at the newest message of the thread, and type `/kong-upgrade break-glass` again if it still has to be.",
);

/** The glass is broken: words first, then a fresh look at the person, then their code, which counts only once. */
export async function submitBreakGlass(
  ports: ListenerPorts,
  submission: Submission,
  recorded: () => Promise<void>,
): Promise<Errors | undefined> {
  const { user } = submission;
  const value = decodeValue(submission.view.private_metadata);
  const upgrade = value && (await ports.desk.find(value.upgradeId));
  const person = { userId: user.id, channel: upgrade?.request.channel };
  if (value === undefined || upgrade === undefined) {
    await whisper(ports, person, refused(outdated).content);
    return undefined;
  }
  const errors = wordErrors(submission, upgrade);
  if (errors !== undefined) return errors;
  const who = await ports.people.lookUp({
    userId: user.id,
    teamId: user.team_id,
    groups: groupsOf(upgrade.request.environment),
    isFresh: true,
  });
  const glass = await glassNow(ports, { upgrade, value, who });
  if ("code" in glass) {
    await whisper(ports, person, refused(glass).content);
    return undefined;
  }
  const isCodeAsked = glass.approval.policy.stepUp === "totp";
  const codeErrors = isCodeAsked ? await useCode(ports, who, typedCode(submission)) : undefined;
  if (codeErrors !== undefined) return codeErrors;
  const refusal = await record(ports, submission, { glass, who });
  await recorded();
  ports.upgradeChanged(upgrade.id);
  await whisper(ports, person, refusal === undefined ? sentence(said(glass)) : refused(refusal).content);
  return undefined;
}

function wordErrors(submission: Submission, { request }: Upgrade): Errors | undefined {
  const { name } = request.environment;
  const errors: Errors = {};
  if (visibleSigns(typedInto(submission, inputBlocks.words)) < 3)
    errors[inputBlocks.words] = "Please say why it cannot wait.";
  if (isBlank(typedInto(submission, inputBlocks.incident)))
    errors[inputBlocks.incident] = "Please name the incident, such as INC-4711.";
  if (typedInto(submission, inputBlocks.environment) !== name)
    errors[inputBlocks.environment] = `Please type ${name}, exactly so.`;
  return Object.keys(errors).length === 0 ? undefined : errors;
}

/** What would start now, if it is still what the dialog showed. */
async function glassNow(
  ports: ListenerPorts,
  { upgrade, value, who }: { readonly upgrade: Upgrade; readonly value: ButtonValue; readonly who: Person },
): Promise<Glass | Refusal> {
  const misplaced = await refuseVotePlace(ports, upgrade);
  if (misplaced !== undefined) return misplaced;
  const setting = { now: ports.now, people: peoplePort(ports), ...codesPort(ports) };
  const glass = await glassOf(setting, upgrade, who);
  if (!glass.ok) return glass.problem;
  const { step, attempt, approval } = glass.value;
  const isSame =
    value.step?.id === step.id && value.step.attempt === attempt && value.step.digest === digestPrefix(approval.digest);
  return isSame ? glass.value : outdated;
}

interface Breaking {
  readonly glass: Glass;
  readonly who: Person;
}

async function record(
  { desk }: ListenerPorts,
  submission: Submission,
  { glass, who }: Breaking,
): Promise<Refusal | undefined> {
  const { upgradeId, step, attempt, approval, skipped } = glass;
  const submitted = await desk.submit(
    upgradeId,
    {
      intent: "break_glass",
      stepId: step.id,
      attempt,
      digest: approval.digest,
      person: who,
      reason: typedInto(submission, inputBlocks.words),
      incident: typedInto(submission, inputBlocks.incident),
      // The environment's name was typed; with a code that is more.
      stepUp: approval.policy.stepUp === "totp" ? "totp" : "confirm",
      skipped,
    },
    actorOf({ kind: "slack", person: who }),
  );
  return submitted.ok ? undefined : submitted.problem;
}

function said({ upgradeId, skipped }: Glass): string {
  const told =
    skipped.length === 1
      ? "One person who could have approved is"
      : `${skipped.length} people who could have approved are`;
  return `🔨 The glass is broken in *${upgradeId}*; the step starts without its approval as soon as nothing else holds it. ${told} told by direct message. It is recorded with your name and has to be reviewed afterwards.`;
}
