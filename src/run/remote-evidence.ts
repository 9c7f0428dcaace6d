import { setTimeout as delay } from "node:timers/promises";
import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Command, Step } from "#src/plan/step.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { bad, good, unclear } from "./probes/answer.ts";
import type { Answer } from "./probes/answer.ts";
import type { StepAttempt } from "./process/running-processes.ts";
import type { Look } from "./program-evidence.ts";
import { stateName } from "./transports/remote-attempts.ts";
import type { RemoteState, Transports } from "./transports/transports.ts";

/** Evidence taken while a command still works would be stale at once. */
const longestWaitMs = 600_000;
const lookEveryMs = 2_000;

interface Elsewhere {
  /** Why this runner may not go there: what it looks for stands in the database, and whoever writes there may have changed it. */
  readonly whyForbidden: (via: Transport) => string | undefined;
  readonly attempt: StepAttempt;
  readonly environment: Environment;
  readonly transports: Transports;
  readonly leave: AbortSignal;
}

/** What the state directories say about the commands of a step that ran elsewhere, whichever runner started them. */
export function looksElsewhere({ action, timeoutMs }: Step, elsewhere: Elsewhere): readonly Look[] {
  const commands = action.kind === "commands" ? action.commands : [];
  return commands.flatMap((command, index) => {
    const { via } = command;
    if (via === undefined) return [];
    const name = stateName(elsewhere.attempt, elsewhere.environment, index);
    return [{ kind: "remote_command", ask: () => lookElsewhere({ command, via, name, timeoutMs }, elsewhere) }];
  });
}

async function lookElsewhere(
  sought: {
    readonly command: Command;
    readonly via: Transport;
    readonly name: string;
    readonly timeoutMs: number;
  },
  { transports, leave, whyForbidden }: Elsewhere,
): Promise<Answer> {
  const forbidden = whyForbidden(sought.via);
  if (forbidden !== undefined) return unclear(`nothing was run: ${forbidden}`);
  // Not by the clock of the day, which may jump.
  const deadline = performance.now() + Math.min(sought.timeoutMs, longestWaitMs);
  for (;;) {
    const state = await transports.look(sought.via, sought.name);
    if (state.kind !== "running" || performance.now() > deadline || leave.aborted) {
      return answerOf(state, `${sought.command.argv.join(" ")} by ${describeTransport(sought.via)}`);
    }
    await delay(lookEveryMs, undefined, { signal: leave }).catch(() => undefined);
  }
}

function answerOf(state: RemoteState, what: string): Answer {
  switch (state.kind) {
    case "none":
      return unclear(
        `${what}: the target holds no trace of it; it never began there, was tidied up, or what the target kept of it is lost`,
      );
    case "running":
      return {
        ...bad(
          `${what} still runs${state.processId === undefined ? "" : ` (process ${state.processId})`}: do not start it again while it does`,
        ),
        isRunning: true,
      };
    case "ended":
      return state.status === "0"
        ? good(`${what} ended with exit status 0`)
        : bad(
            state.status === "absent"
              ? `${what}: there is no such program`
              : `${what} ended with exit status ${state.status}`,
          );
    case "lost":
      return unclear(
        state.wasRestarted
          ? `${what} was running when its machine was started anew; nobody noted how it ended`
          : `${what}: nothing of it is left, and nobody noted how it ended`,
      );
    case "unreachable":
      return unclear(`${what}: ${state.problem}`);
    default:
      return unreachable(state);
  }
}
