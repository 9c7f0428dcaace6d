import { z } from "zod";
import { slackGroupSchema, userIdSchema } from "#approvals/person.ts";
import { environmentName } from "./field-schemas.ts";

/** One entry of a list of people: a group of the configuration, or an id of Slack. */
export type Member =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "slack_group"; readonly id: string }
  | { readonly kind: "user"; readonly id: string };

/** `2 of @dba`: so many distinct humans of a list. */
export interface WrittenPart {
  readonly count: number;
  readonly members: readonly Member[];
}

const mostPeople = 20;
/** Nobody writes more by hand; the patterns below stay quick on it. */
const written = z.string().max(2_000);
const exampleOfList =
  "a group such as @dba, a Slack user group id such as S0APPROVE or a Slack user id such as U0ALICE01";

/** `@dba` or `dba`, `S0APPROVE`, `U0ALICE01`; undefined for anything else. */
function memberOf(text: string): Member | undefined {
  if (userIdSchema.safeParse(text).success) return { kind: "user", id: text };
  if (slackGroupSchema.safeParse(text).success) return { kind: "slack_group", id: text };
  const name = text.startsWith("@") ? text.slice(1) : text;
  return environmentName.safeParse(name).success ? { kind: "named", name } : undefined;
}

/** `@dba, U0ALICE01`: everybody of several entries. */
function membersOf(text: string): readonly Member[] | undefined {
  const members = text.split(",").map((entry) => memberOf(entry.trim()));
  return members.every((member) => member !== undefined) ? members : undefined;
}

/** A group as people write it where only groups may stand: `@dba`, `dba` or a Slack user group id. */
export const writtenGroup = written.transform((text, context) => {
  const member = memberOf(text.trim());
  if (member !== undefined && member.kind !== "user") return member;
  context.addIssue("expected the name of a group such as dba, or a Slack user group id such as S0APPROVE");
  return z.NEVER;
});

/** A list as people write it: entries with commas between them. */
export const writtenList = written.transform((text, context) => {
  const members = membersOf(text);
  if (members !== undefined) return members;
  context.addIssue(`expected ${exampleOfList}, several with commas between them`);
  return z.NEVER;
});

/** One way of meeting a policy as people write it: `1 of @dba and 1 of @sre-leads`. */
export const writtenWay = written.transform((text, context): readonly WrittenPart[] => {
  const parts = text
    .trim()
    .split(/\s+and\s+/u)
    .map(partOf);
  const problem = parts.find((part) => typeof part === "string");
  if (problem !== undefined) context.addIssue(problem);
  const read = parts.flatMap((part) => (typeof part === "string" ? [] : [part]));
  if (read.reduce((sum, { count }) => sum + count, 0) > mostPeople)
    context.addIssue(`expected at most ${mostPeople} people in one way of approving`);
  return read;
});

/** A part, or what is wrong with it. */
function partOf(text: string): WrittenPart | string {
  const [, digits, list = ""] = /^(\d{1,6})\s+of\s+(.*)$/u.exec(text) ?? [];
  if (digits === undefined) return 'expected how many of whom, such as "2 of @dba" or "1 of @dba and 1 of @sre-leads"';
  const count = Number(digits);
  if (count < 1 || count > mostPeople) return `expected a number from 1 to ${mostPeople} before “of”`;
  if (/\sor\s/u.test(` ${list} `)) return "“or” is not read here; write every other way as an entry of its own";
  const members = membersOf(list);
  return members === undefined
    ? `expected after “of” ${exampleOfList}, several with commas between them`
    : { count, members };
}
