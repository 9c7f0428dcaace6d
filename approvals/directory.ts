/** Where the members of a list come from that Slack does not keep: read fresh like a user group. */
export type RosterSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "command"; readonly argv: readonly string[]; readonly timeoutMs: number };

/** A list of people that the site keeps, e.g. who is on call; policies name it as `roster:NAME`. */
export interface Roster {
  readonly name: string;
  readonly source: RosterSource;
}

/** One human of the configuration and their accounts. */
export interface DirectoryEntry {
  /** Directory identity, e.g. `erin` or `erin@example.com`. */
  readonly human: string;
  /** Slack accounts: user id, and the team where the same id may exist in several. */
  readonly accounts: readonly { readonly userId: string; readonly teamId?: string | undefined }[];
}

/** What the configuration knows of people besides Slack. */
export interface Directory {
  readonly people: readonly DirectoryEntry[];
  readonly rosters: readonly Roster[];
}

export const emptyDirectory: Directory = { people: [], rosters: [] };

/** The human behind an account, with all their accounts, where the configuration maps it. */
export function entryOfAccount(
  { people }: Directory,
  account: { readonly userId: string; readonly teamId: string },
): DirectoryEntry | undefined {
  return people.find(({ accounts }) =>
    accounts.some(({ userId, teamId }) => userId === account.userId && (teamId ?? account.teamId) === account.teamId),
  );
}
