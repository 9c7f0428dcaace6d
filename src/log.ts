import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import { currentTrace } from "#src/trace.ts";
import { openStderr } from "./log-to-stderr.ts";

export type { Logger };

/**
 * Structured lines on stderr: objects first, message second; tokens and secrets are cut out by name as a last net. `trace`
 * is in every line that is written because of a click or a command.
 */
export function openLog(level: string, part: string, destination: DestinationStream = openStderr()): Logger {
  return pino(
    {
      level,
      base: { part },
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined ? {} : { trace };
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          "token",
          "password",
          "secret",
          "authorization",
          "*.token",
          "*.password",
          "*.secret",
          "*.authorization",
          "response_url",
          "*.response_url",
        ],
        censor: "[redacted]",
      },
    },
    destination,
  );
}
