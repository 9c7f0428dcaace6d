import { z } from "zod";
import { humanIdSchema } from "#approvals/person.ts";
import type { Found } from "./cross-check.ts";
import { environmentName } from "./field-schemas.ts";
import { group, human } from "./people-schemas.ts";
import type { WrittenGroup } from "./people-schemas.ts";
import { toAccount } from "./to-directory.ts";

const outlineSchema = z
  .object({
    people: z.record(z.string(), z.unknown()).catch({}),
    groups: z.record(z.string(), z.unknown()).catch({}),
  })
  .catch({ people: {}, groups: {} });

interface Account {
  readonly userId: string;
  readonly teamId?: string;
  readonly human: string;
}

/** As much of the people and lists of the file as is well written; whatever else is wrong is the schema's complaint. */
export interface Known {
  readonly accounts: readonly Account[];
  readonly groups: Readonly<Record<string, WrittenGroup>>;
  /** Also those whose source is badly written. */
  readonly groupNames: readonly string[];
}

export function knownPeople(plain: unknown): Known {
  const outline = outlineSchema.parse(plain);
  const groups = Object.entries(outline.groups).flatMap(([name, raw]) => {
    const read = group.safeParse(raw);
    return read.success ? [[name, read.data] as const] : [];
  });
  return {
    accounts: accountsOf(outline.people).map(({ account }) => account),
    groups: Object.fromEntries(groups),
    groupNames: Object.keys(outline.groups),
  };
}

/** Names of humans and lists, and accounts that two humans claim. */
export function checkPeople(plain: unknown): readonly Found[] {
  const { people, groups } = outlineSchema.parse(plain);
  return [
    badNames("people", people, humanIdSchema),
    badNames("groups", groups, environmentName),
    sharedAccounts(accountsOf(people)),
  ].flat();
}

function badNames(
  key: "people" | "groups",
  written: Readonly<Record<string, unknown>>,
  schema: z.ZodType<string>,
): readonly Found[] {
  return Object.keys(written).flatMap((name) => {
    const issues = schema.safeParse(name).error?.issues ?? [];
    return issues.map(({ message }) => ({ path: [key, name], message }));
  });
}

type Placed = Found & { readonly account: Account };

/** Every account with its place; the message is what to say where another human has it already. */
function accountsOf(people: Readonly<Record<string, unknown>>): readonly Placed[] {
  return Object.entries(people).flatMap(([name, raw]) => {
    const read = human.safeParse(raw);
    const written = read.success ? read.data.slack : [];
    return written.map((text, index) => ({
      path: ["people", name, "slack", index],
      message: "an account belongs to one human",
      account: { ...toAccount(text), human: name },
    }));
  });
}

function sharedAccounts(placed: readonly Placed[]): readonly Found[] {
  return placed.flatMap(({ path, message, account }, index) => {
    const owner = placed.slice(0, index).find((other) => isSame(other.account, account))?.account.human;
    return owner === undefined || owner === account.human
      ? []
      : [{ path, message: `is already an account of ${owner}; ${message}` }];
  });
}

/** Without a team every team is meant. */
function isSame(left: Account, right: Account): boolean {
  const isSameTeam = left.teamId === undefined || right.teamId === undefined || left.teamId === right.teamId;
  return left.userId === right.userId && isSameTeam;
}
