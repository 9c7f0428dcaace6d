import { expect, test } from "vitest";
import { readConfigFile } from "#src/config/read-file.ts";
import type { Configuration } from "#src/config/read-file.ts";
import { environmentSchema } from "#src/plan/environment.ts";
import { complaintsAbout } from "./config-sample.ts";

/** Lines of the top level, then of the environment. */
interface Lines {
  readonly top?: readonly string[];
  readonly own?: readonly string[];
}

const lists = [
  'people: { erin: { slack: [U0ERIN001, "T0OTHER01:U0ERIN009"] }, carol: { slack: [U0CAROL01] } }',
  "groups:",
  "  dba: { slack: S0DBA0001 }",
  "  leads: { users: [U0ERIN001, U0ERIN009, U0CAROL01] }",
  "  on-call: { file: /etc/oncall.json }",
  "  paged: { command: [/usr/local/bin/paged, --now], timeout: 2s }",
];

function fileWith(policies: string, { top = lists, own = [] }: Lines = {}): string {
  return `version: 1
${top.map((line) => `${line}\n`).join("")}environments:
  prod:
    channel: C0PROD
    database: { host: db }
    nodes: [{ name: kong-1, admin: "http://10.0.0.1:8001", proxy: "http://10.0.0.1:8000" }]
    backup_dir: /var/backups
${own.map((line) => `    ${line}\n`).join("")}    policies: ${policies}
`;
}

function read(text: string): Configuration {
  const answer = readConfigFile(text);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
  return answer.value;
}

function policiesOf(text: string): Configuration["environments"][number]["policies"] {
  const [environment] = read(text).environments;
  if (environment === undefined) throw new Error("no environment");
  expect(environmentSchema.parse(environment)).toStrictEqual(environment);
  return environment.policies;
}

function complain(text: string): readonly string[] {
  return complaintsAbout(text).map(({ path, line, message }) => `${line} ${path}: ${message}`);
}

test("ways of approving are read as people say them, with names of groups replaced by where the members come from", () => {
  const policies = policiesOf(
    fileWith(
      `{ irreversible: { any_of: ["2 of @dba", "1 of dba and 1 of @leads", "1 of @on-call and 2 of S0OTHERS1, U0FRANK01,@dba"] } }`,
    ),
  );
  const dba = { users: [], groups: ["S0DBA0001"], name: "dba" };
  expect(policies.irreversible.alternatives).toEqual([
    [{ count: 2, ...dba }],
    [
      { count: 1, ...dba },
      { count: 1, users: ["U0ERIN001", "U0ERIN009", "U0CAROL01"], groups: [], name: "leads" },
    ],
    [
      { count: 1, users: [], groups: ["roster:on-call"], name: "on-call" },
      { count: 2, users: ["U0FRANK01"], groups: ["S0OTHERS1", "S0DBA0001"] },
    ],
  ]);
});

test("every key of a policy reaches the environment, and only_in_window takes the environment's windows", () => {
  const policies = policiesOf(
    fileWith(
      `
      irreversible: { users: [U0ERIN001], groups: [dba], quorum: 2, expires_after: 2h }
      disruptive:
        any_of: [1 of @dba]
        deny_threshold: 2
        reason_required: [approve, reject]
        other_people_than_last: true
        request_expires_after: 6h
        grant_expires_after: 30m
        only_in_window: true
        step_up: totp
        remind_every: 10m
        remind_at_most: 5
        escalate: [{ after: 1h, to: leads }, { after: 2h, to: "@paged, U0FRANK01" }]
        break_glass: [U0FRANK01]
        delegation: false
      steps: { decommission: { groups: [leads] } }`,
      { own: ["windows: [{ days: [tue], from: 22:00, to: 04:00, time_zone: Europe/Berlin }]"] },
    ),
  );
  expect(policies.irreversible).toMatchObject({
    alternatives: [[{ count: 2, users: ["U0ERIN001"], groups: ["S0DBA0001"] }]],
    requestExpiresAfterMs: 7_200_000,
    grantExpiresAfterMs: 7_200_000,
    windows: [],
  });
  expect(policies.disruptive).toEqual({
    alternatives: [[{ count: 1, users: [], groups: ["S0DBA0001"], name: "dba" }]],
    denyThreshold: 2,
    reasonRequired: ["approve", "reject"],
    needsOtherPeople: true,
    requestExpiresAfterMs: 21_600_000,
    grantExpiresAfterMs: 1_800_000,
    windows: [{ days: ["tue"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" }],
    stepUp: "totp",
    reminders: { everyMs: 600_000, atMost: 5 },
    escalations: [
      { afterMs: 3_600_000, users: ["U0ERIN001", "U0ERIN009", "U0CAROL01"], groups: [], name: "leads" },
      { afterMs: 7_200_000, users: ["U0FRANK01"], groups: ["roster:paged"] },
    ],
    breakGlass: ["U0FRANK01"],
    allowsDelegation: false,
  });
  expect(policies.steps?.["decommission"]?.alternatives).toEqual([
    [{ count: 1, users: ["U0ERIN001", "U0ERIN009", "U0CAROL01"], groups: [], name: "leads" }],
  ]);
});

test("operators may be named by a group, too", () => {
  const text = fileWith("{ irreversible: { groups: [dba] } }", {
    own: ["operators: { users: [U0ALICE01], groups: [leads, on-call, S0OTHERS1] }"],
  });
  expect(read(text).environments[0]?.operators).toEqual({
    users: ["U0ALICE01", "U0ERIN001", "U0ERIN009", "U0CAROL01"],
    groups: ["roster:on-call", "S0OTHERS1"],
  });
});

test("the directory holds humans with their accounts, and the lists that Slack does not keep", () => {
  expect(read(fileWith("{ irreversible: { groups: [dba] } }")).directory).toEqual({
    people: [
      { human: "erin", accounts: [{ userId: "U0ERIN001" }, { userId: "U0ERIN009", teamId: "T0OTHER01" }] },
      { human: "carol", accounts: [{ userId: "U0CAROL01" }] },
    ],
    rosters: [
      { name: "on-call", source: { kind: "file", path: "/etc/oncall.json" } },
      {
        name: "paged",
        source: { kind: "command", argv: ["/usr/local/bin/paged", "--now"], timeoutMs: 2_000 },
      },
    ],
  });
});

test.each([
  ["dba", 'expected how many of whom, such as "2 of @dba" or "1 of @dba and 1 of @sre-leads"'],
  ["two of @dba", 'expected how many of whom, such as "2 of @dba" or "1 of @dba and 1 of @sre-leads"'],
  ["2 of @dba and @leads", 'expected how many of whom, such as "2 of @dba" or "1 of @dba and 1 of @sre-leads"'],
  ["0 of @dba", "expected a number from 1 to 20 before “of”"],
  ["21 of @dba", "expected a number from 1 to 20 before “of”"],
  ["11 of @dba and 10 of @on-call", "expected at most 20 people in one way of approving"],
  ["2 of @dba or 1 of @leads", "“or” is not read here; write every other way as an entry of its own"],
  [
    "2 of the DBAs",
    "expected after “of” a group such as @dba, a Slack user group id such as S0APPROVE or a Slack user id such as U0ALICE01, several with commas between them",
  ],
  [
    "2 of @dba,",
    "expected after “of” a group such as @dba, a Slack user group id such as S0APPROVE or a Slack user id such as U0ALICE01, several with commas between them",
  ],
])("the way “%s” is answered with %s", (way, message) => {
  const complaints = complaintsAbout(fileWith(`{ irreversible: { any_of: ["1 of @dba", "${way}"] } }`));
  expect(complaints).toEqual([{ path: "environments.prod.policies.irreversible.any_of.1", line: 14, message }]);
});

test.each([
  ["both forms", "{ any_of: [1 of @dba], users: [U0ERIN001] }", "", "write it, or users, groups and quorum, not both"],
  ["both numbers", "{ any_of: [1 of @dba], quorum: 2 }", "", "write it, or users, groups and quorum, not both"],
  ["nobody", "{ any_of: [] }", ".any_of", "expected at least 1 entry"],
  ["a person among groups", "{ groups: [U0ERIN001] }", ".groups.0", "expected the name of a group such as dba"],
  ["an unknown group", "{ groups: [dbaa] }", ".groups.0", "there is no group @dbaa; did you mean @dba?"],
  ["an unknown group in a way", "{ any_of: [1 of @nobody-here] }", ".any_of.0", "define it under groups:"],
  [
    "an unknown group to escalate to",
    "{ groups: [dba], escalate: [{ after: 1h, to: lead }] }",
    ".escalate.0.to",
    "did you mean @leads?",
  ],
  ["nobody behind the glass", "{ groups: [dba], break_glass: [] }", ".break_glass", "expected at least 1 entry"],
  ["an unknown proof", "{ groups: [dba], step_up: sms }", ".step_up", "write none or confirm or totp"],
  ["a window that is not there", "{ groups: [dba], only_in_window: true }", ".only_in_window", "has no windows"],
  [
    "an escalation after the end",
    "{ groups: [dba], request_expires_after: 1h, escalate: [{ after: 1h, to: leads }] }",
    ".escalate.0.after",
    "has expired by then",
  ],
  [
    "escalations backwards",
    "{ groups: [dba], escalate: [{ after: 2h, to: leads }, { after: 1h, to: paged }] }",
    ".escalate.1.after",
    "times that grow",
  ],
] as const)("%s is refused where it stands", (_, policy, place, message) => {
  expect(complaintsAbout(fileWith(`{ irreversible: ${policy} }`))).toEqual([
    {
      path: `environments.prod.policies.irreversible${place}`,
      line: 14,
      message: expect.stringContaining(message),
    },
  ]);
});

test.each([
  // Three accounts, two humans.
  ["{ groups: [leads], quorum: 3 }", "", "can never be met: it needs 1 more of @leads"],
  ["{ any_of: [1 of @dba, 3 of @leads] }", ".any_of.1", "can never be met: it needs 1 more of @leads"],
  // Everybody is in both lists, and nobody counts twice.
  [
    "{ any_of: ['1 of @leads and 2 of U0CAROL01, U0ERIN001'] }",
    ".any_of.0",
    "can never be met: it needs 1 more of the people who are named",
  ],
  ["{ users: [U0ERIN001, U0ERIN001], quorum: 2 }", "", "can never be met"],
  [
    "{ any_of: [2 of @leads], other_people_than_last: true }",
    ".other_people_than_last",
    "can never be met twice in a row",
  ],
  [
    "{ groups: [leads], deny_threshold: 3 }",
    ".deny_threshold",
    "so many rejections never come together; 2 people may vote",
  ],
] as const)("T31: a policy that the pinned people cannot meet is refused: %s", (policy, place, message) => {
  expect(complaintsAbout(fileWith(`{ irreversible: ${policy} }`))).toEqual([
    {
      path: `environments.prod.policies.irreversible${place}`,
      line: 14,
      message: expect.stringContaining(message),
    },
  ]);
});

test("two people suffice where other people are wanted for a kind of step that may come only once", () => {
  const other = "{ any_of: [2 of @leads], other_people_than_last: true }";
  const policies = `{ irreversible: { groups: [dba] }, disruptive: ${other}, steps: { migrations-finish: ${other} } }`;
  expect(complaintsAbout(fileWith(policies))).toEqual([]);
});

test.each([
  "{ groups: [leads], quorum: 2 }",
  "{ groups: [leads, dba], quorum: 5, deny_threshold: 4 }",
  "{ any_of: ['1 of U0CAROL01 and 1 of @leads'] }",
  "{ any_of: [3 of @on-call] }",
  "{ any_of: [1 of @leads], other_people_than_last: true }",
  "{ any_of: [1 of @leads, 1 of @dba], other_people_than_last: true, deny_threshold: 3 }",
])("what the people could meet, or a list that is read later, is accepted: %s", (policy) => {
  expect(complain(fileWith(`{ irreversible: ${policy} }`))).toEqual([]);
});

test("everything wrong with people, groups, windows and kinds of steps is told at once", () => {
  const top = [
    "people:",
    "  Erin: { slack: [U0ERIN001] }",
    '  carol: { slack: [U0CAROL01, "T0OTHER01:U0ERIN001"] }',
    "  dave: { slack: [erin] }",
    '  frank: { slack: ["T0OTHER01:U0FRANK01", "T0THIRD01:U0CAROL01"] }',
    "groups:",
    "  dba: { slack: S0DBA0001, users: [U0ERIN001] }",
    "  DBA: { users: [U0ERIN001] }",
    "  lost: {}",
    "  late: { file: oncall.json }",
    "  slow: { command: [who], timeout: 5m }",
    "  odd: { users: [U0ERIN001], timeout: 5s }",
  ];
  const own = [
    'windows: [{ days: [], from: 22:00, to: 24:00, time_zone: Mars/Olympus }, { days: [tue], from: 1:00, to: "02:00" }]',
    "operators: { groups: [ldba] }",
  ];
  const policies = `
      irreversible: { any_of: [1 of @dba] }
      steps:
        migration-finish: { groups: [dba] }
        zzz: { groups: [dba] }
        decommission: { groups: [dbb] }`;
  expect(complain(fileWith(policies, { top, own }))).toEqual([
    "3 people.Erin: expected a directory identity such as erin or erin@example.com",
    "4 people.carol.slack.1: is already an account of Erin; an account belongs to one human",
    "5 people.dave.slack.0: expected a Slack user id such as U0ERIN001, or with its team T0OTHER01:U0ERIN009",
    "6 people.frank.slack.1: is already an account of carol; an account belongs to one human",
    "8 groups.dba: expected exactly one of slack, users, file or command",
    "9 groups.DBA: expected a name of lower-case letters, digits and dashes, at most 40 characters",
    "10 groups.lost: expected exactly one of slack, users, file or command",
    "11 groups.late.file: expected an absolute path, one that begins with /",
    "12 groups.slow.timeout: expected at most 30s; whoever votes waits for it",
    "13 groups.odd.timeout: only a command can time out",
    "20 environments.prod.windows.0.days: expected at least 1 entry",
    "20 environments.prod.windows.0.to: expected a time of day such as 22:00",
    "20 environments.prod.windows.0.time_zone: expected a time zone such as Europe/Berlin",
    "20 environments.prod.windows.1.from: expected a time of day such as 22:00",
    "20 environments.prod.windows.1.time_zone: is missing; expected a text (in quotes, where it looks like a number)",
    "21 environments.prod.operators.groups.0: there is no group @ldba; did you mean @dba?",
    "25 environments.prod.policies.steps.migration-finish: is no kind of step; did you mean migrations-finish?",
    "26 environments.prod.policies.steps.zzz: is no kind of step; the kinds are acknowledge-findings, admit, apply-definitions, configure, copy, create-database, decommission, delete-old-jobs, drain, drop-scratch, freeze, helm-finish, import, install, licence, migrations-bootstrap, migrations-finish, migrations-up, provision, reload, replace-data-planes, restore-database, restore-files, restore-keyring, rollback, set-aside-database, shift, start, start-controller, stop, stop-controller, try, unfreeze, upgrade",
    "27 environments.prod.policies.steps.decommission.groups.0: there is no group @dbb; did you mean @dba?",
  ]);
});

test("a list of any length is answered quickly, and one that nobody writes by hand is refused", () => {
  const startedAt = performance.now();
  const way = `1 of @dba ${" ".repeat(400_000)}`;
  expect(complaintsAbout(fileWith(`{ irreversible: { any_of: ["${way}x"] } }`))).toMatchObject([
    { message: "expected at most 2000 characters" },
  ]);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  const many = Array.from({ length: 11 }, () => "1 of @dba").join(", ");
  expect(complaintsAbout(fileWith(`{ irreversible: { any_of: [${many}] } }`))).toMatchObject([
    { message: "expected at most 10 entries" },
  ]);
});

test("windows that no policy asks for would restrict nothing, and are a mistake", () => {
  const windows = "windows: [{ days: [tue], from: 22:00, to: 04:00, time_zone: Europe/Berlin }]";
  const policies = "{ irreversible: { groups: [dba] } }";
  expect(complain(fileWith(policies, { own: [windows, "windows_hold: policies"] }))).toEqual([
    "14 environments.prod.windows: no policy says only_in_window: true, and windows_hold is policies, so these would restrict nothing",
  ]);
  expect(complain(fileWith(policies, { own: [windows] }))).toEqual([]);
});
