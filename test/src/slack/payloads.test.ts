import { expect, test } from "vitest";
import type { Directory } from "#approvals/directory.ts";
import type { Identity } from "#src/slack/clients.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { CHANNEL, approve, atGate, workspace } from "./gate.ts";
import type { Gate } from "./gate.ts";

const ofGrid: Identity = { ...workspace, enterpriseId: "E0ACME001" };
const ofOrg: Identity = { ...ofGrid, isOrgInstall: true };

const votersOf = ({ ballots }: ApprovalRequest): readonly string[] => ballots.map(({ voter }) => voter.userId);

test("a vote by hand as Slack sends it counts, whatever unknown fields come with it", async () => {
  const gate = await atGate();
  await gate.click(approve(gate, "U0CAROL01", { something_new: { deep: [1] } }));
  expect(votersOf(await gate.approval())).toEqual(["U0CAROL01"]);
  expect(gate.said().join()).toContain("has your approval");
});

test.each([
  ["of another app", workspace, { api_app_id: "A0OTHER01" }],
  ["of another workspace", workspace, { team: { id: "T0OTHER01" } }],
  ["of an organisation while we are in none", workspace, { enterprise: { id: "E0OTHER01" } }],
  ["of another organisation", ofGrid, { enterprise: { id: "E0OTHER01" } }],
  ["without any team", workspace, { team: null }],
  ["whose team is left out", workspace, { team: undefined, enterprise: undefined, is_enterprise_install: undefined }],
  [
    "without a team, from a workspace of Grid",
    ofGrid,
    { team: null, enterprise: { id: "E0ACME001" }, is_enterprise_install: true },
  ],
  [
    "without a team, of another whole organisation",
    ofOrg,
    { team: null, enterprise: { id: "E0OTHER01" }, is_enterprise_install: true },
  ],
  ["without team and organisation", ofOrg, { team: null, enterprise: null, is_enterprise_install: true }],
  [
    "without a team that does not say that it is of the organisation",
    ofOrg,
    { team: null, enterprise: { id: "E0ACME001" } },
  ],
  [
    "of another workspace of our organisation",
    ofOrg,
    { team: { id: "T0ACME002" }, enterprise: { id: "E0ACME001" }, is_enterprise_install: true },
  ],
])("T10: a vote %s is not even acknowledged", async (_, identity, over) => {
  const gate = await atGate({ identity });
  await gate.click(approve(gate, "U0CAROL01", over));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.acks()).toBe(0);
  expect(gate.slack.calls).toEqual([]);
  expect(gate.log.lines).toMatchObject([{ level: "warn" }]);
});

const member = { enterprise_user: { id: "W0DAVE001", enterprise_id: "E0ACME001", teams: ["T0ACME001", "T0ACME002"] } };
const noTeam = { team: null, enterprise: { id: "E0ACME001", name: "Acme" }, is_enterprise_install: true };

test("on Enterprise Grid a vote without a team counts where the app is installed on our organisation", async () => {
  const gate = await atGate({ identity: ofOrg, user: () => ({ team_id: "T0ACME002", ...member }) });
  await gate.click(approve(gate, "U0CAROL01", { ...noTeam, user: { id: "U0CAROL01", team_id: "T0ACME002" } }));
  await gate.click(approve(gate, "U0DAVE001", { ...noTeam, user: { id: "U0DAVE001", team_id: null } }));
  expect(votersOf(await gate.approval())).toEqual(["U0CAROL01", "U0DAVE001"]);
  expect(await gate.approval()).toMatchObject({ outcome: { kind: "granted" } });
});

test("a colleague of the organisation who is not in our workspace is external", async () => {
  const elsewhere = { enterprise_user: { ...member.enterprise_user, teams: ["T0ACME002"] } };
  const gate = await atGate({ identity: ofOrg, user: () => ({ team_id: "T0ACME002", ...elsewhere }) });
  await gate.click(approve(gate, "U0CAROL01", { ...noTeam, user: { id: "U0CAROL01", team_id: "T0ACME002" } }));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said().join()).toContain("another organisation");
});

test("ids of Enterprise Grid that begin with W vote like others", async () => {
  const gate = await atGate({ identity: ofGrid, user: () => member });
  gate.slack.answers.set("usergroups.users.list", () => ({ ok: true, users: ["W0CAROL01"] }));
  await gate.click(approve(gate, "W0CAROL01", { enterprise: { id: "E0ACME001" } }));
  expect(votersOf(await gate.approval())).toEqual(["W0CAROL01"]);
});

test("T05: somebody of a partner who presses the button in a shared channel is told so", async () => {
  // As Slack sends it: `team` is ours, only `user.team_id` is theirs.
  const gate = await atGate();
  await gate.click(approve(gate, "U0CAROL01", { user: { id: "U0CAROL01", team_id: "T0OTHER01" } }));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said().join()).toContain("Slack Connect");
});

test.each([
  ["is shared with another organisation", { is_ext_shared: true }],
  ["waits for another organisation to come", { is_pending_ext_shared: true }],
  ["has an invitation under way", { pending_shared: ["T0OTHER01"] }],
])("T06: nobody's vote counts while the channel %s", async (_, channel) => {
  const gate = await atGate({ channel });
  await gate.click(approve(gate, "U0CAROL01"));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said().join()).toContain("is shared with another organisation (Slack Connect), so nobody can approve");
});

test.each([
  ["cannot be looked up", () => ({ ok: false, error: "channel_not_found" })],
  ["does not tell whether it is shared", () => ({ ok: true, channel: { id: CHANNEL } })],
])("T06: nobody's vote counts while the channel %s", async (_, answer) => {
  const gate = await atGate();
  gate.slack.answers.set("conversations.info", answer);
  await gate.click(approve(gate, "U0CAROL01"));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said().join()).toContain("so the vote does not count");
});

test("T06: a channel shared between two votes stops the second one: it is asked every time", async () => {
  const gate = await atGate();
  await gate.click(approve(gate, "U0CAROL01"));
  gate.slack.answers.set("conversations.info", () => ({ ok: true, channel: { id: CHANNEL, is_ext_shared: true } }));
  await gate.click(approve(gate, "U0DAVE001"));
  expect(votersOf(await gate.approval())).toEqual(["U0CAROL01"]);
});

const mapped: Directory = {
  people: [
    { human: "carol", accounts: [{ userId: "U0CAROL01" }, { userId: "U0DAVE001" }] },
    { human: "alice", accounts: [{ userId: "U0ALICE01" }, { userId: "U0ERIN001" }] },
  ],
  rosters: [],
};

test("T03: two accounts of one human are one vote", async () => {
  const alone = await atGate();
  for (const userId of ["U0CAROL01", "U0DAVE001"]) await alone.click(approve(alone, userId));
  expect((await alone.approval()).outcome.kind).toBe("granted");

  const gate = await atGate({ directory: mapped });
  for (const userId of ["U0CAROL01", "U0DAVE001"]) await gate.click(approve(gate, userId));
  expect((await gate.approval()).outcome.kind).toBe("open");
  expect(votersOf(await gate.approval())).toEqual(["U0CAROL01"]);
});

test("T02: the requester is excluded under any of their accounts", async () => {
  const unmapped = await atGate();
  await unmapped.click(approve(unmapped, "U0ERIN001"));
  expect(votersOf(await unmapped.approval())).toEqual(["U0ERIN001"]);

  const gate = await atGate({ directory: mapped });
  for (const userId of ["U0ALICE01", "U0ERIN001"]) await gate.click(approve(gate, userId));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said()).toHaveLength(2);
  for (const told of gate.said()) expect(told).toContain("You asked for this upgrade");
});

test.each([
  ["a guest", { is_restricted: true }, "Guests cannot approve"],
  ["a guest of one channel", { is_ultra_restricted: true }, "Guests cannot approve"],
  ["a bot", { is_bot: true }, "Bots cannot approve"],
  ["a deactivated account", { deleted: true }, "deactivated"],
])("T04: %s that was made one after its first click is refused at the next", async (_, mark, reason) => {
  let marks: Readonly<Record<string, unknown>> = {};
  const gate = await atGate({ user: () => marks });
  await gate.click(approve(gate, "U0CAROL01"));
  await gate.click(withdraw(gate, "U0CAROL01"));
  expect(votersOf(await gate.approval())).toEqual([]);
  marks = mark;
  await gate.click(approve(gate, "U0CAROL01"));
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said().at(-1)).toContain(reason);
});

/** A click on “Withdraw my approval”. */
function withdraw(gate: Gate, userId: string): Readonly<Record<string, unknown>> {
  const action = { type: "button", action_id: "ku_withdraw_vote", block_id: "b", value: gate.value, action_ts: "1.1" };
  return approve(gate, userId, { actions: [action] });
}

test.each<readonly [string, Readonly<Record<string, unknown>>]>([
  ["digest", { d: "0123456789abcdef" }],
  ["plan", { p: "0123456789abcdef" }],
  ["step", { s: "decommission" }],
  ["attempt", { a: 2 }],
  ["upgrade", { u: "KU-2026-0099" }],
  ["form, without a digest", { d: undefined }],
  ["form, with something more", { x: 1 }],
])("T14: a button or a dialog that names another %s votes for nothing and takes nothing back", async (_, change) => {
  const gate = await atGate();
  await gate.click(approve(gate, "U0CAROL01"));
  const other: unknown = JSON.parse(gate.value);
  const forged = JSON.stringify(Object.assign({}, other, change));
  const pressed = (userId: string, action: string) => {
    const button = { type: "button", action_id: action, block_id: "b", value: forged, action_ts: "1.1" };
    return approve(gate, userId, { actions: [button] });
  };
  await gate.click(pressed("U0ERIN001", "ku_approve"));
  await gate.click(pressed("U0CAROL01", "ku_withdraw_vote"));
  const { actions: __, channel: ___, container: ____, ...base } = approve(gate, "U0DAVE001");
  const values = { words: { text: { type: "plain_text_input", value: "not today" } } };
  for (const callback_id of ["ku_modal_reject", "ku_modal_approve"])
    await gate.submit({ ...base, view: { callback_id, private_metadata: forged, state: { values } } });
  const { ballots, outcome } = await gate.approval();
  expect(ballots.map(({ voter, decision }) => `${voter.userId} ${decision}`)).toEqual(["U0CAROL01 approve"]);
  expect(outcome.kind).toBe("open");
});

test("T27: a dialog breaks the glass of what it showed, and of nothing else", async () => {
  const gate = await atGate();
  const { actions: _, channel: __, container: ___, ...base } = approve(gate, "U0FRANK01");
  const typed = (value: string) => ({ text: { type: "plain_text_input", value } });
  const values = { words: typed("orders fail"), incident: typed("INC-4711"), environment: typed("practice") };
  const send = (metadata: string) =>
    gate.submit({
      ...base,
      view: { callback_id: "ku_modal_break_glass", private_metadata: metadata, state: { values } },
    });
  const shown: unknown = JSON.parse(gate.value);
  for (const change of [{ d: "0123456789abcdef" }, { s: "decommission" }, { a: 2 }, { d: undefined }])
    await send(JSON.stringify(Object.assign({}, shown, change)));
  expect((await gate.approval()).outcome.kind).toBe("open");
  expect(gate.said().map((told) => told.includes("This dialog is outdated"))).toEqual([true, true, true, true]);
  await send(gate.value);
  expect((await gate.approval()).outcome).toMatchObject({ kind: "granted", brokenGlass: { incident: "INC-4711" } });
});

test("T06: a rejection by dialog names no channel and is checked in the upgrade's own", async () => {
  const gate = await atGate({ channel: { is_ext_shared: true } });
  const { actions: _, channel: __, container: ___, ...base } = approve(gate, "U0CAROL01");
  const values = { words: { text: { type: "plain_text_input", value: "not today" } } };
  await gate.submit({
    ...base,
    view: { callback_id: "ku_modal_reject", private_metadata: gate.value, state: { values } },
  });
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.said().join()).toContain("nobody can approve or reject");
});

test.each([
  ["no actions", { actions: [] }],
  ["a person without an id", { user: { team_id: "T0ACME001" } }],
  ["a person whose id is none", { user: { id: "carol", team_id: "T0ACME001" } }],
  ["a team that is a text", { team: "T0ACME001" }],
  ["a flag that is a number", { is_enterprise_install: 1 }],
  ["no trigger", { trigger_id: undefined }],
])("a click with %s is acknowledged and does nothing", async (_, over) => {
  const gate = await atGate();
  await gate.click(approve(gate, "U0CAROL01", over));
  expect(gate.acks()).toBe(1);
  expect(votersOf(await gate.approval())).toEqual([]);
  expect(gate.log.lines).toMatchObject([{ level: "warn", context: { what: "action" } }]);
  expect(gate.said()).toHaveLength("user" in over ? 0 : 1);
});

test("what cannot be read at all is acknowledged; what is for another app is not", async () => {
  const gate = await atGate();
  for (const payload of [{}, { actions: null }, { api_app_id: 7 }]) await gate.click(payload);
  expect(gate.acks()).toBe(3);
  await gate.click({ api_app_id: "A0OTHER01" });
  expect(gate.acks()).toBe(3);
  expect(gate.said()).toEqual([]);
});
