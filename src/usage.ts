import { usageOf } from "#commands/command.ts";
import { table } from "#commands/table.ts";

/** Help of the terminal, made from the same table as the help in Slack. */
export function usage(): string {
  const words = table
    .filter(({ atTerminal }) => atTerminal)
    .map((command) => `  ${usageOf(command).padEnd(58)} ${command.summary}`);
  return [
    "usage: kong-upgrade <word> …",
    "",
    "  serve [--with-runner]                                      the Slack side (and, on one machine, a runner in it)",
    "  runner [--environment NAME …] [--label NAME=VALUE …]       the execution side, near Kong",
    "  check [ENVIRONMENT] --to VERSION …                         what an upgrade would meet: live, or from files alone",
    "  plan [ENVIRONMENT] --to VERSION …                          the checklist that start would execute; starts nothing",
    "  verify FILE.json [--head sha256:…] [--key PUBLIC.pem] [--json]  check an exported record, off-line",
    "  doctor [--bot] [--runner] [--environment NAME …] [--json]  looks at everything that bot or runner need, changes nothing",
    "  totp-reset HUMAN                                           takes the one-time codes of a lost phone away, at the bot's machine",
    "",
    "as in Slack, for the night it is down (approvals are only possible in Slack); --json answers for programs:",
    ...words,
  ].join("\n");
}
