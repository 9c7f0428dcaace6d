/** The part of the process log that the Slack side writes to; a pino logger fits. */
export interface Log {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}
