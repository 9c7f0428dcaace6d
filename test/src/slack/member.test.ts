import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyDirectory } from "#approvals/directory.ts";
import { eligibilityOf } from "#approvals/eligibility.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { createClients } from "#src/slack/clients.ts";
import { People } from "#src/slack/people.ts";
import { MemoryLog } from "./bot.ts";
import { fakeSlack, userOf } from "./fake-slack.ts";

const ID = "U0CAROL01";
const home = { teamId: "T0ACME001", enterpriseId: "E0ACME001" };
const policy = quorumPolicy({ users: [ID], groups: [], quorum: 1, expiresAfterMs: 1 });

/** People over a Slack whose answers are given one by one. */
async function slack(over: { readonly home?: { readonly teamId: string; readonly enterpriseId?: string } } = {}) {
  const told: { user: unknown } = { user: userOf(ID) };
  const fake = await fakeSlack({ "users.info": () => ({ ok: true, user: told.user }) });
  const log = new MemoryLog();
  const { interactive } = createClients("xoxb-practice-x", fake.apiUrl, log);
  const readRoster = () => Promise.reject(new Error("no rosters here"));
  const people = new People({
    client: interactive,
    home,
    directory: emptyDirectory,
    readRoster,
    log,
    now: Date.now,
    ...over,
  });
  return {
    log,
    judge: async (user: unknown, teamId?: string) => {
      told.user = user;
      const person = await people.lookUp({ userId: ID, teamId, groups: [], isFresh: true });
      const eligibility = eligibilityOf({ policy, requesterIds: [], earlierVoterIds: [] }, person);
      return eligibility.kind === "eligible" ? "eligible" : eligibility.reason;
    },
  };
}

const grid = (over: Readonly<Record<string, unknown>> = {}) => ({
  enterprise_user: { id: "W0CAROL01", enterprise_id: "E0ACME001", teams: ["T0ACME001", "T0ACME002"], ...over },
});

test.each([
  ["a full member", userOf(ID), undefined, "eligible"],
  ["a full member whose click names our workspace", userOf(ID), "T0ACME001", "eligible"],
  ["a click that names another workspace", userOf(ID), "T0OTHER01", "is_external"],
  ["an empty team in the click", userOf(ID), "", "is_external"],
  ["somebody of another workspace", userOf(ID, { team_id: "T0OTHER01" }), undefined, "is_external"],
  ["a stranger", userOf(ID, { is_stranger: true }), undefined, "is_external"],
  [
    "a deactivated account, of which Slack tells less",
    { id: ID, team_id: "T0ACME001", deleted: true },
    undefined,
    "is_deactivated",
  ],
  ["somebody who was invited and never came", userOf(ID, { is_invited_user: true }), undefined, "is_deactivated"],
  ["a bot", userOf(ID, { is_bot: true }), undefined, "is_bot"],
  // docs.slack.dev, user object: an authorized user of the calling app, so a person.
  ["somebody who installed the app", userOf(ID, { is_app_user: true }), undefined, "eligible"],
  ["a workflow", userOf(ID, { is_workflow_bot: true }), undefined, "is_bot"],
  ["a connector", userOf(ID, { is_connector_bot: true }), undefined, "is_bot"],
  ["a guest of several channels", userOf(ID, { is_restricted: true }), undefined, "is_guest"],
  ["a guest of one channel", userOf(ID, { is_ultra_restricted: true }), undefined, "is_guest"],
  ["an answer about somebody else", userOf("U0ERIN001"), undefined, "look_up_failed"],
  ["no user at all", undefined, undefined, "look_up_failed"],
  ["an answer without is_restricted", userOf(ID, { is_restricted: undefined }), undefined, "look_up_failed"],
  ["an answer without deleted", userOf(ID, { deleted: undefined }), undefined, "look_up_failed"],
  ["a flag that is a text", userOf(ID, { is_bot: "false" }), undefined, "look_up_failed"],
  [
    "a colleague whose first workspace is another one of ours",
    userOf(ID, { team_id: "T0ACME002", ...grid() }),
    undefined,
    "eligible",
  ],
  ["the same, clicking there", userOf(ID, { team_id: "T0ACME002", ...grid() }), "T0ACME002", "eligible"],
  ["the same, named with the organisation", userOf(ID, { team_id: "E0ACME001", ...grid() }), "E0ACME001", "eligible"],
  [
    "the same, clicking in a workspace of others",
    userOf(ID, { team_id: "T0ACME002", ...grid() }),
    "T0OTHER01",
    "is_external",
  ],
  [
    "a colleague who is not in our workspace",
    userOf(ID, { team_id: "T0ACME002", ...grid({ teams: ["T0ACME002"] }) }),
    undefined,
    "is_external",
  ],
  [
    "another organisation that claims our workspace",
    userOf(ID, grid({ enterprise_id: "E0OTHER01" })),
    undefined,
    "is_external",
  ],
  ["another organisation in the short form", userOf(ID, { enterprise_id: "E0OTHER01" }), undefined, "is_external"],
  ["an organisation that is not told", userOf(ID, grid({ enterprise_id: undefined })), undefined, "is_external"],
])("%s counts as it should", async (_, user, teamId, expected) => {
  const { judge } = await slack();
  expect(await judge(user, teamId)).toBe(expected);
});

test("outside of Enterprise Grid nobody of an organisation is one of us", async () => {
  const { judge } = await slack({ home: { teamId: "T0ACME001" } });
  expect(await judge(userOf(ID))).toBe("eligible");
  expect(await judge(userOf(ID, grid()))).toBe("is_external");
});

const anything = fc.oneof(fc.constant(undefined), fc.constant(null), fc.boolean(), fc.string(), fc.integer());
const flag = fc.oneof(
  { weight: 20, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: anything },
);
const team = fc.oneof(
  { weight: 4, arbitrary: fc.constant<unknown>("T0ACME001") },
  { weight: 1, arbitrary: fc.constantFrom<unknown>("T0ACME002", "T0OTHER01", "E0ACME001", "", undefined) },
);
const organisation = fc.constantFrom("E0ACME001", "E0OTHER01", undefined);
const users = fc.record({
  id: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(ID) }, { weight: 1, arbitrary: anything }),
  team_id: team,
  name: fc.string(),
  deleted: flag,
  is_bot: flag,
  is_app_user: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_workflow_bot: flag,
  enterprise_user: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    {
      weight: 2,
      arbitrary: fc.record({
        enterprise_id: organisation,
        teams: fc.subarray(["T0ACME001", "T0ACME002", "T0OTHER01"]),
      }),
    },
  ),
});

test("T04: whatever Slack says about somebody, only full, active, human members of our workspace may vote", async () => {
  const { judge } = await slack();
  const reached = { eligible: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(users, team, async (user, clicked) => {
      const verdict = await judge(user, typeof clicked === "string" ? clicked : undefined);
      if (verdict !== "eligible") {
        reached.refused += 1;
        return;
      }
      reached.eligible += 1;
      expect(user).toMatchObject({
        id: ID,
        deleted: false,
        is_bot: false,
        is_restricted: false,
        is_ultra_restricted: false,
      });
      for (const each of [user.is_stranger, user.is_workflow_bot]) expect(each ?? false).toBe(false);
      const { enterprise_user: member } = user;
      const isHere = member === undefined ? user.team_id === "T0ACME001" : member.teams.includes("T0ACME001");
      expect(isHere).toBe(true);
      expect(member?.enterprise_id ?? "E0ACME001").toBe("E0ACME001");
      expect([undefined, "T0ACME001", "E0ACME001", ...(member?.teams ?? [])]).toContain(clicked);
    }),
    { numRuns: 200 },
  );
  expect(Math.min(reached.eligible, reached.refused)).toBeGreaterThan(10);
});
