import { z } from "zod";

/** Slack's immutable identity of a person; names are shown, never trusted (Slack: names can be imitated). Grid has `W…`. */
export const userIdSchema = z.string().regex(/^[UW][A-Z0-9]{2,}$/u, "expected a Slack user id such as U0ALICE01");
const teamIdSchema = z.string().regex(/^[TE][A-Z0-9]{2,}$/u, "expected a Slack team id such as T0ACME001");
export const slackGroupSchema = z
  .string()
  .regex(/^S[A-Z0-9]{2,}$/u, "expected a Slack user group id such as S0APPROVE");
/** A list of people that a file or a program of the site tells, e.g. who is on call: `roster:on-call`. */
const rosterGroupSchema = z.string().regex(/^roster:[a-z][a-z0-9-]{0,39}$/u, "expected roster:NAME");
/** A group whose members are looked up fresh: a Slack user group, or a roster of the configuration. */
export const groupIdSchema = z.union([slackGroupSchema, rosterGroupSchema]);
/** One human, whatever accounts they have; lower case, so that it never is a Slack id. */
export const humanIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@+-]{0,119}$/u, "expected a directory identity such as erin or erin@example.com");

/**
 * What a fresh look-up told about somebody at one moment. `unknown` is a look-up that failed: it counts as no.
 * `groups` holds only those groups that the asked policies name.
 */
export const personSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("known"),
    userId: userIdSchema,
    teamId: teamIdSchema,
    /** The name at that time, for the record. */
    name: z.string(),
    /** Directory identity, where the configuration maps this account; all accounts of one human are one voter. */
    human: humanIdSchema.optional(),
    /** Further accounts of the same human by the configuration, so that they are known as one also under an older record. */
    otherAccounts: z.array(userIdSchema).readonly().optional(),
    isHomeTeam: z.boolean(),
    isDeactivated: z.boolean(),
    isBot: z.boolean(),
    isGuest: z.boolean(),
    groups: z.array(groupIdSchema).readonly(),
    /** Asked groups whose members could not be read just now: whether the person is in them is not known. */
    unreadGroups: z.array(groupIdSchema).readonly().optional(),
  }),
  z.object({ kind: z.literal("unknown"), userId: userIdSchema, problem: z.string() }),
]);
export type Person = z.infer<typeof personSchema>;
export type KnownPerson = Extract<Person, { readonly kind: "known" }>;

/** What two accounts of one human have in common: the directory identity, or the account itself where none is mapped. */
export function humanOf(person: Person): string {
  return person.kind === "known" ? (person.human ?? person.userId) : person.userId;
}

/** All names of somebody for a list of people who are left out: the account, the human behind it, and their other accounts. */
export function identitiesOf(person: Person): readonly string[] {
  const others = person.kind === "known" ? (person.otherAccounts ?? []) : [];
  return [...new Set([person.userId, humanOf(person), ...others])];
}

/** Whether a list of accounts and humans holds this person, under any account. */
export function isAmong(person: Person, identities: readonly string[]): boolean {
  return identitiesOf(person).some((identity) => identities.includes(identity));
}

/** Whether two accounts belong to one human, as far as either look-up tells. */
export function isSameHuman(left: Person, right: Person): boolean {
  return isAmong(left, identitiesOf(right));
}

/** Each human once, by the first of their accounts. */
export function distinctHumans(people: readonly Person[]): readonly Person[] {
  return [...Map.groupBy(people, humanOf).values()].flatMap(([first]) => first ?? []);
}
