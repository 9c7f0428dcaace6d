/** Stable codes of errors that a person or a script may react to. */
export type ErrorCode =
  | "config_invalid"
  | "database_unreachable"
  | "database_unwritable"
  | "embedded_database_failed"
  | "environment_unknown"
  | "kong_unreachable"
  | "port_taken"
  | "record_conflict"
  | "record_invalid"
  | "runner_refused"
  | "slack_rejected"
  | "slack_unreachable"
  | "tool_missing"
  | "usage";

/**
 * The one error family that is shown to people: the message says what happened, to what, and what to do next.
 * Everything else that is thrown is a bug: logged with its stack, shown as a reference only.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Codes of what whoever typed a command has to type otherwise: it ends with status 2, and nothing was done. */
const mistyped: ReadonlySet<string> = new Set<ErrorCode>(["usage", "environment_unknown"]);

/** Whether an error, or a refusal, is a mistake in what was typed. */
export function isMistyped(code: string): boolean {
  return mistyped.has(code);
}

/** The text of anything that was thrown, for a log line or a cause. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
