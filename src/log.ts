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
  const log = pino(
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
  destinations.set(log, destination);
  return log;
}

const destinations = new WeakMap<Logger, DestinationStream>();

/**
 * The log of another part of the same process. No child of it: that would write `part` twice into one object, which some
 * readers of JSON refuse.
 */
export function logOfPart(log: Logger, part: string): Logger {
  const destination = destinations.get(log);
  return destination === undefined ? log.child({ part }) : openLog(log.level, part, destination);
}

/**
 * What libraries print, and what Node warns of, as lines of the log: whoever reads standard error of bot or runner reads
 * JSON alone.
 */
export function takeOverConsole(log: Logger): void {
  const write = (...words: readonly unknown[]): void => log.warn({ from: "console" }, words.map(String).join(" "));
  Object.assign(console, { log: write, info: write, warn: write, error: write, debug: write });
  process.removeAllListeners("warning");
  process.on("warning", (warning) => log.warn({ from: "node", err: warning }, warning.message));
}
