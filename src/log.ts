import { pino } from "pino";
import type { Logger } from "pino";

export type { Logger };

/** Structured lines on stderr: objects first, message second; tokens and secrets are cut out by name as a last net. */
export function openLog(level: string, part: string): Logger {
  return pino(
    {
      level,
      base: { part },
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
    pino.destination({ dest: 2, sync: false }),
  );
}
