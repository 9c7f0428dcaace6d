import { z } from "zod";
import { nearest } from "#src/kernel/nearest.ts";
import { stepKinds } from "#src/plan/step-kinds.ts";
import { knownPeople } from "./check-people.ts";
import type { Known } from "./check-people.ts";
import { checkVoters } from "./check-voters.ts";
import type { Found } from "./cross-check.ts";
import type { Member } from "./list-of-people.ts";
import { named } from "./people-schemas.ts";
import { policy as policySchema } from "./policy-schema.ts";
import type { WrittenPolicy } from "./policy-schema.ts";
import { toPolicy } from "./to-policy.ts";

const policiesOutline = z
  .object({
    irreversible: z.unknown().optional(),
    disruptive: z.unknown().optional(),
    steps: z.record(z.string(), z.unknown()).catch({}),
  })
  .catch({ irreversible: undefined, disruptive: undefined, steps: {} });

const environmentOutline = z
  .object({
    policies: policiesOutline,
    windows: z.unknown().optional(),
    windows_hold: z.unknown().optional(),
    operators: z.unknown().optional(),
  })
  .catch({ policies: policiesOutline.parse(undefined), windows: undefined, operators: undefined });

const outlineSchema = z
  .object({ environments: z.record(z.string(), environmentOutline).catch({}) })
  .catch({ environments: {} });

type Path = readonly PropertyKey[];

/** A policy that is well written, and its place. */
interface Placed {
  readonly path: Path;
  readonly written: WrittenPolicy;
}

/** Policies: kinds of steps, names of groups, windows, times, and whether the people who are named can meet them at all. */
export function checkPolicies(plain: unknown): readonly Found[] {
  const known = knownPeople(plain);
  const environments = Object.entries(outlineSchema.parse(plain).environments);
  return environments.flatMap(([name, outline]) => checkEnvironment(["environments", name], outline, known));
}

function checkEnvironment(
  path: Path,
  { policies, windows, windows_hold: holds, operators }: z.infer<typeof environmentOutline>,
  known: Known,
): readonly Found[] {
  const placed = placedPolicies(policies, [...path, "policies"]);
  const read = named.safeParse(operators);
  return [
    unknownKinds(Object.keys(policies.steps), [...path, "policies", "steps"]),
    placed.flatMap((each) => checkPolicy(each, windows, known)),
    holds === "policies" ? unusedWindows(placed, windows, path) : [],
    read.success ? namesIn(read.data.groups, [...path, "operators", "groups"], known) : [],
  ].flat();
}

function checkPolicy(placed: Placed, windows: unknown, known: Known): readonly Found[] {
  const { path, written } = placed;
  const policy = toPolicy(written, { groups: known.groups, windows: [] });
  return [
    unknownGroups(placed, known),
    withoutWindows(placed, windows),
    badTimes(placed),
    checkVoters(policy, { path, accounts: known.accounts, hasWays: written.any_of !== undefined }),
  ].flat();
}

function placedPolicies(policies: z.infer<typeof policiesOutline>, path: Path): readonly Placed[] {
  const { irreversible, disruptive, steps } = policies;
  const all: readonly (readonly [Path, unknown])[] = [
    [[...path, "irreversible"], irreversible],
    [[...path, "disruptive"], disruptive],
    ...Object.entries(steps).map(([kind, raw]) => [[...path, "steps", kind], raw] as const),
  ];
  return all.flatMap(([place, raw]) => {
    const read = policySchema.safeParse(raw);
    return read.success ? [{ path: place, written: read.data }] : [];
  });
}

function unknownKinds(kinds: readonly string[], path: Path): readonly Found[] {
  return kinds.flatMap((kind) => {
    if (stepKinds.some((known) => known === kind)) return [];
    const near = nearest(kind, stepKinds);
    const help = near === undefined ? `the kinds are ${stepKinds.join(", ")}` : `did you mean ${near}?`;
    return [{ path: [...path, kind], message: `is no kind of step; ${help}` }];
  });
}

function unknownGroups({ path, written }: Placed, known: Known): readonly Found[] {
  return [
    namesIn(written.groups, [...path, "groups"], known),
    (written.any_of ?? []).flatMap((parts, index) => {
      const members = parts.flatMap((part) => part.members);
      return unknownNames(members, [...path, "any_of", index], known);
    }),
    written.escalate.flatMap(({ to }, index) => unknownNames(to, [...path, "escalate", index, "to"], known)),
  ].flat();
}

/** One name for each entry of a list. */
function namesIn(members: readonly Member[], path: Path, known: Known): readonly Found[] {
  return members.flatMap((member, index) => unknownNames([member], [...path, index], known));
}

/** Groups of a list that nothing defines. */
export function unknownNames(members: readonly Member[], path: Path, { groupNames }: Known): readonly Found[] {
  return members.flatMap((member) => {
    if (member.kind !== "named" || groupNames.includes(member.name)) return [];
    const near = nearest(member.name, groupNames);
    const help = near === undefined ? "define it under groups: at the top of the file" : `did you mean @${near}?`;
    return [{ path, message: `there is no group @${member.name}; ${help}` }];
  });
}

function withoutWindows({ path, written }: Placed, windows: unknown): readonly Found[] {
  if (!written.only_in_window || windows !== undefined) return [];
  const message = "this environment has no windows; add windows with days, from, to and time_zone";
  return [{ path: [...path, "only_in_window"], message }];
}

/** Somebody who writes windows means them; `windows_hold: policies` leaves them to the policies alone. */
function unusedWindows(placed: readonly Placed[], windows: unknown, path: Path): readonly Found[] {
  if (windows === undefined || placed.length === 0 || placed.some(({ written }) => written.only_in_window)) return [];
  const message = "no policy says only_in_window: true, and windows_hold is policies, so these would restrict nothing";
  return [{ path: [...path, "windows"], message }];
}

function badTimes({ path, written }: Placed): readonly Found[] {
  const expiresAfterMs = written.request_expires_after ?? written.expires_after;
  return written.escalate.flatMap(({ after }, index) => {
    const place = [...path, "escalate", index, "after"];
    if (after >= expiresAfterMs)
      return [{ path: place, message: "the request has expired by then; escalate earlier or let it live longer" }];
    const before = written.escalate[index - 1]?.after;
    return before === undefined || after > before
      ? []
      : [{ path: place, message: "expected times that grow from one escalation to the next" }];
  });
}
