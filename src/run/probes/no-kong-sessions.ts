import { databaseOf } from "#src/plan/environment.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { readSessions } from "./sessions.ts";
import { onSide } from "./side.ts";

/** Somebody who is still connected as Kong's role is an old node that nobody stopped, or a statement that runs on. */
export async function noKongSessions(
  { side }: Extract<Probe, { readonly kind: "no_kong_sessions" }>,
  context: ProbeContext,
): Promise<Answer> {
  const environment = onSide(context.environment, side);
  const { user, name } = databaseOf(environment);
  const sessions = (await readSessions({ ...context, environment })).filter((session) => session.user === user);
  return sessions.length === 0
    ? good(`nobody is connected to ${name} as ${user}`)
    : bad(
        `${sessions.length} sessions of ${user} are connected to ${name}`,
        sessions.map((session) => session.description),
      );
}
