import { humanOf } from "#approvals/person.ts";
import type { PeoplePort, Setting } from "#commands/command.ts";
import { groupsOf } from "#src/slack/people.ts";
import { enrol } from "./enrolment.ts";
import type { ListenerPorts } from "./ports.ts";

/** Looks that are not cached: what a command decides about people must be true now. */
export function peoplePort({ people }: ListenerPorts): PeoplePort {
  return {
    lookUp: (userId, environment) => people.lookUp({ userId, groups: groupsOf(environment), isFresh: true }),
    listed: (lists) => people.listed(lists),
  };
}

/** One-time codes for the commands, where they are kept. */
export function codesPort(ports: ListenerPorts): Pick<Setting, "codes"> {
  const { codes: stepUp } = ports;
  if (stepUp === undefined) return {};
  return {
    codes: {
      stateOf: (person) => stepUp.stateOf(humanOf(person)),
      enrol: (person) => enrol(ports, stepUp, person),
    },
  };
}
