import { abort } from "./abort.ts";
import { answer } from "./answer.ts";
import { approvals } from "./approvals.ts";
import { breakGlass } from "./break-glass.ts";
import { cancel } from "./cancel.ts";
import { check } from "./check.ts";
import type { Command, Setting } from "./command.ts";
import { delegate } from "./delegate.ts";
import { environments } from "./environments.ts";
import { handOver } from "./hand-over.ts";
import { helpCommand } from "./help.ts";
import { lift } from "./lift.ts";
import { list } from "./list.ts";
import { note } from "./note.ts";
import { parseArguments, parseLine } from "./parse.ts";
import { pause } from "./pause.ts";
import { plan } from "./plan.ts";
import { record } from "./record.ts";
import { refused } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { release } from "./release.ts";
import { resume } from "./resume.ts";
import { retry } from "./retry.ts";
import { review } from "./review.ts";
import { rollback } from "./rollback.ts";
import { runners } from "./runners.ts";
import { show } from "./show.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import { totp } from "./totp.ts";
import { unschedule } from "./unschedule.ts";
import { verify } from "./verify.ts";
import { where } from "./where.ts";

/** Every word: parsing, help, usage, the terminal and the test against the manifest are made from this. */
export const table: readonly Command[] = [
  helpCommand(() => table),
  environments,
  check,
  plan,
  answer,
  start,
  unschedule,
  status,
  list,
  show,
  runners,
  where,
  approvals,
  pause,
  resume,
  cancel,
  abort,
  release,
  retry,
  rollback,
  delegate,
  handOver,
  lift,
  breakGlass,
  review,
  totp,
  note,
  record,
  verify,
];

/** Reads a line, or what a shell made of one; what is wrong with it is answered at once, without touching anything. */
export function readCommand(
  line: string | readonly string[],
  environmentNames: readonly string[],
):
  | { readonly ok: true; readonly isReadOnly: boolean; readonly run: (setting: Setting) => Promise<Reply> }
  | { readonly ok: false; readonly reply: Reply } {
  const parsed =
    typeof line === "string" ? parseLine(line, table, environmentNames) : parseArguments(line, table, environmentNames);
  if (parsed.kind === "mistake") return { ok: false, reply: refused({ ...parsed, code: "usage" }) };
  const { command } = parsed;
  const isReadOnly = command.isReadOnly === true;
  return { ok: true, isReadOnly, run: (setting) => command.run({ ...setting, arguments: parsed.arguments }) };
}
