import { partsOf } from "#approvals/policy.ts";
import type { PeopleLists } from "#approvals/policy.ts";
import type { Environment } from "#src/plan/environment.ts";
import { policiesOf } from "#src/plan/step-kinds.ts";

/** Accounts and groups that an environment's policies name as approvers; who is only told, or may break the glass, is none. */
export function approverListsOf(environment: Environment): PeopleLists {
  const parts = policiesOf(environment).flatMap(partsOf);
  return {
    users: [...new Set(parts.flatMap(({ users }) => users))],
    groups: [...new Set(parts.flatMap(({ groups }) => groups))],
  };
}
