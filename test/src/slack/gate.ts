import { emptyDirectory } from "#approvals/directory.ts";
import type { Directory } from "#approvals/directory.ts";
import { digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { createChannels } from "#src/slack/channels.ts";
import { createClients } from "#src/slack/clients.ts";
import type { Identity } from "#src/slack/clients.ts";
import { clickSchema, submissionSchema } from "#src/slack/incoming.ts";
import { clicked } from "#src/slack/listeners/click.ts";
import type { ListenerPorts } from "#src/slack/listeners/ports.ts";
import { dispatchSubmission } from "#src/slack/listeners/dispatch.ts";
import { received } from "#src/slack/listeners/unreadable.ts";
import { People } from "#src/slack/people.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { request } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, inSlack, sampleFacts } from "#test/support/samples.ts";
import { MemoryLog, runStep } from "./bot.ts";
import { fakeSlack, userOf } from "./fake-slack.ts";
import type { FakeSlack } from "./fake-slack.ts";
import { names } from "./recorded.ts";

const ID = "KU-2026-0001";
/** The channel of the upgrade. */
export const CHANNEL = "C0PRACTCE";
const runner = { kind: "runner", runnerId: "r1" } as const;
const person = { kind: "person", userId: alice.userId, teamId: alice.teamId, name: alice.name } as const;
/** Our app in a workspace that belongs to no organisation. */
export const workspace: Identity = {
  teamId: "T0ACME001",
  team: "Acme",
  botUserId: "U0BOT0001",
  botId: "B0BOT0001",
  name: "bot",
  appId: "A0KONGUP1",
};

async function never(): Promise<never> {
  throw new Error("not asked for here");
}

/** A desk with an upgrade that waits for the approval of its first irreversible step. */
async function deskAtGate(): Promise<MemoryDesk> {
  const desk = new MemoryDesk();
  await desk.request(request, person);
  await desk.submit(ID, { intent: "report_survey", facts: sampleFacts() }, runner);
  await desk.submit(ID, { intent: "start", by: inSlack(alice) }, person);
  for (let round = 0; round < 60; round += 1) {
    const upgrade = await desk.find(ID);
    if (upgrade?.status !== "active") throw new Error("it did not start");
    const current = currentStep(upgrade);
    if (current?.step.class === "irreversible") return desk;
    if ((await runStep(desk, ID)) !== undefined) continue;
    const todo = next(upgrade, new Date().toISOString());
    const ref = { stepId: current?.step.id ?? "", attempt: 1, note: "" };
    const told = await desk.submit(ID, { intent: "confirm_manual_step", ...ref, by: inSlack(alice) }, person);
    if (!told.ok) throw new Error(`${todo.do}: ${told.problem.sentence}`);
  }
  throw new Error("it never came to an irreversible step");
}

interface Setting {
  readonly identity?: Identity;
  readonly directory?: Directory;
  /** What `users.info` and `conversations.info` tell besides the usual. */
  readonly user?: (id: string) => Readonly<Record<string, unknown>>;
  readonly channel?: Readonly<Record<string, unknown>>;
}

/** An upgrade that waits for an approval, and listeners that hear payloads made by hand, over a Slack that answers as told. */
export async function atGate({
  identity = workspace,
  directory = emptyDirectory,
  user,
  channel,
}: Setting = {}): Promise<Gate> {
  const slack = await fakeSlack({
    "users.info": ({ user: id = "" }) => ({ ok: true, user: userOf(id, user?.(id)) }),
    "usergroups.users.list": () => ({ ok: true, users: ["U0CAROL01", "U0DAVE001"] }),
    "conversations.info": () => ({ ok: true, channel: { id: CHANNEL, is_ext_shared: false, ...channel } }),
    "chat.postEphemeral": () => ({ ok: true }),
  });
  const log = new MemoryLog();
  const clients = createClients("xoxb-practice-x", slack.apiUrl, log);
  const desk = await deskAtGate();
  const channels = createChannels(clients.interactive, log, Date.now);
  const ports: ListenerPorts = {
    desk,
    environments: [],
    records: { exportRecord: never, verifyRecord: never },
    clients,
    apiUrl: slack.apiUrl,
    identity,
    people: new People({
      client: clients.interactive,
      home: identity,
      directory,
      readRoster: never,
      log,
      now: Date.now,
    }),
    names,
    log,
    now: Date.now,
    recheckApproval: async () => undefined,
    isFirstDelivery: async () => true,
    isExternallyShared: async () => false,
    channelReach: channels.reachNow,
    rosterOf: never,
    upgradeChanged: () => {},
    uploadFile: never,
  };
  const approval = await approvalOf(desk);
  const state = await desk.find(ID);
  if (state?.status !== "active") throw new Error("it is not active");
  const step = { id: currentStep(state)?.step.id ?? "", attempt: 1, digest: digestPrefix(approval.digest) };
  const value = encodeValue({ upgradeId: ID, plan: digestPrefix(state.forward.plan.digest), step });
  let acks = 0;
  const acknowledge = async (): Promise<void> => void (acks += 1);
  return {
    slack,
    log,
    value,
    acks: () => acks,
    said: () =>
      slack.calls.flatMap(({ method, args }) => (method === "chat.postEphemeral" ? [args["text"] ?? ""] : [])),
    approval: () => approvalOf(desk),
    click: (payload: object) =>
      received(ports, { what: "action", schema: clickSchema, body: payload, acknowledge }, (click) =>
        clicked(ports, click, acknowledge),
      ),
    submit: (payload: object) =>
      received(ports, { what: "view", schema: submissionSchema, body: payload, acknowledge }, (submission) =>
        dispatchSubmission(ports, submission, acknowledge),
      ),
  };
}

export interface Gate {
  readonly slack: FakeSlack;
  readonly log: MemoryLog;
  /** What the buttons of the request carry. */
  readonly value: string;
  readonly acks: () => number;
  /** What was said privately, in order. */
  readonly said: () => readonly string[];
  readonly approval: () => Promise<ApprovalRequest>;
  readonly click: (payload: object) => Promise<void>;
  readonly submit: (payload: object) => Promise<void>;
}

async function approvalOf(desk: MemoryDesk): Promise<ApprovalRequest> {
  const upgrade = await desk.find(ID);
  const progress = upgrade?.status === "active" ? currentStep(upgrade)?.progress : undefined;
  if (progress?.kind !== "ready" || progress.approval === undefined) throw new Error("nothing waits for approval");
  return progress.approval;
}

let triggers = 0;

/** A click on “Approve” as Slack sends it. */
export function approve(
  { value }: Gate,
  userId: string,
  over: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  triggers += 1;
  return {
    type: "block_actions",
    api_app_id: "A0KONGUP1",
    team: { id: "T0ACME001", domain: "acme" },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: userId, username: "x", name: "x", team_id: "T0ACME001" },
    trigger_id: `${triggers}.2.3`,
    container: { type: "message", message_ts: "1.1", channel_id: CHANNEL, thread_ts: "1.0", is_ephemeral: false },
    channel: { id: CHANNEL, name: "practice" },
    actions: [{ type: "button", action_id: "ku_approve", block_id: "b", value, action_ts: "1.1" }],
    ...over,
  };
}
