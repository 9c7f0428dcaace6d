import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { ToolFailure } from "./tool-failure.ts";
import type { ToolCall } from "./tool-failure.ts";

/** Options that every tool has. */
export const connectionOptions = {
  host: { type: "string", short: "h" },
  port: { type: "string", short: "p" },
  username: { type: "string", short: "U" },
  "no-password": { type: "boolean", short: "w" },
} as const satisfies ParseArgsConfig["options"];

/** The connection part of parsed options. */
export interface ConnectionValues {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly username?: string | undefined;
}

/** Parses like getopt: unknown options end the tool with its usual two lines. */
export function parseToolArguments<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  call: ToolCall,
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true; strict: true; args: string[] }>> {
  try {
    return parseArgs({ args: [...call.args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToolFailure(
      `${call.tool}: ${reason}\n${call.tool}: hint: Try "${call.tool} --help" for more information.`,
    );
  }
}
