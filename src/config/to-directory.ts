import type { Directory, Roster, RosterSource } from "#approvals/directory.ts";
import type { ConfigFile } from "./file-schema.ts";
import type { WrittenGroup } from "./people-schemas.ts";

/** A program that tells who is on call is given up after this time. */
const defaultTimeoutMs = 5_000;

/** What the file says of people: whose accounts are one human, and the lists that Slack does not keep. */
export function toDirectory({ people, groups }: Pick<ConfigFile, "people" | "groups">): Directory {
  return {
    people: Object.entries(people).map(([human, { slack }]) => ({ human, accounts: slack.map(toAccount) })),
    rosters: Object.entries(groups).flatMap(([name, group]): readonly Roster[] => {
      const source = sourceOf(group);
      return source === undefined ? [] : [{ name, source }];
    }),
  };
}

/** `U0ERIN001`, or `T0OTHER01:U0ERIN009`. */
export function toAccount(text: string): { readonly userId: string; readonly teamId?: string } {
  const [first = "", second] = text.split(":");
  return second === undefined ? { userId: first } : { userId: second, teamId: first };
}

function sourceOf({ file, command, timeout }: WrittenGroup): RosterSource | undefined {
  if (file !== undefined) return { kind: "file", path: file };
  return command === undefined ? undefined : { kind: "command", argv: command, timeoutMs: timeout ?? defaultTimeoutMs };
}
