/** Ends a tool with a message on stderr, as the real ones end. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How one call of a tool meets the outside. */
export interface ToolCall {
  readonly tool: PgTool;
  readonly args: readonly string[];
  /** PG* variables of the caller. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version that `--version` names: the server's. */
  readonly version: string;
  out(text: string | Buffer): Promise<void>;
  complain(text: string): void;
}

/** The client programs that practice may have to bring itself. */
export const pgTools = ["pg_dump", "pg_restore", "psql", "createdb", "dropdb"] as const;
/** A name in {@link pgTools}. */
export type PgTool = (typeof pgTools)[number];
