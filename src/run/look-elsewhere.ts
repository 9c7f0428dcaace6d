import { randomUUID } from "node:crypto";
import { limits } from "#src/discovery/limits.ts";
import type { Elsewhere } from "#src/discovery/live-ports.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { Transports } from "./transports/transports.ts";

/**
 * Runs commands that only look where a node is, over the connections that its steps use too. Rejects where nobody can say
 * what the command found: it could not be started, or how it ended is not known.
 */
export function lookElsewhere(transports: Transports): Elsewhere {
  return async (via, { argv, env, timeoutMs }) => {
    const where = await transports.pin(via);
    if (!where.ok) throw new Error(where.problem);
    const name = `look-${randomUUID()}`;
    const kept = keepBounded();
    let isWhole = true;
    const onLeftOut = async (): Promise<void> => {
      isWhole = false;
    };
    const end = await transports.run(where.value, { name, argv, env, timeoutMs, onOutput: kept.take, onLeftOut });
    void transports.forget(where.value, [name]);
    // Half an answer reads like another one.
    if (!isWhole)
      throw new Error(`what \`${argv.join(" ")}\` printed did not arrive whole (${describeTransport(via)})`);
    if (kept.isTooLong())
      throw new Error(
        `\`${argv.join(" ")}\` printed more than ${limits.answerBytes} bytes (${describeTransport(via)})`,
      );
    switch (end.kind) {
      case "exited":
        return { ...saidBy(via, kept.texts()), exitCode: end.exitCode, timedOut: false };
      case "signalled":
        return { ...kept.texts(), exitCode: undefined, timedOut: false };
      case "timed_out":
        if (end.problem !== undefined) throw new Error(`\`${argv.join(" ")}\` did not end in time: ${end.problem}`);
        return { ...kept.texts(), exitCode: undefined, timedOut: true };
      case "cancelled":
        throw new Error(`\`${argv.join(" ")}\` was broken off`);
      case "not_started":
      case "lost":
        throw new Error(end.problem);
      default:
        return unreachable(end);
    }
  };
}

/** Kubernetes keeps what a container printed and what it complained of in one log, so either may hold what is looked for. */
function saidBy(via: Transport, { stdout, stderr }: ReturnType<Kept["texts"]>): ReturnType<Kept["texts"]> {
  return { stdout, stderr: via.kind === "job" ? [stderr, stdout].join("\n").trim() : stderr };
}

interface Kept {
  readonly take: (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;
  isTooLong(): boolean;
  texts(): Pick<CommandOutput, "stdout" | "stderr">;
}

/** As much as an answer ever has; the final line feed is left out, as for commands of the runner's own machine. */
function keepBounded(): Kept {
  const parts: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  let length = 0;
  const text = (stream: "stdout" | "stderr"): string =>
    Buffer.concat(parts[stream])
      .toString("utf8")
      .replace(/\r?\n$/u, "");
  return {
    take: async (stream, bytes) => {
      length += bytes.length;
      if (length <= limits.answerBytes) parts[stream].push(Buffer.from(bytes));
    },
    isTooLong: () => length > limits.answerBytes,
    texts: () => ({ stdout: text("stdout"), stderr: text("stderr") }),
  };
}
