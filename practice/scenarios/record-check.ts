import { wasTaken } from "./people.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { compileCache } from "#practice/world/compile-cache.ts";
import { alice, channel } from "./stage.ts";
import type { Stage } from "./stage.ts";

const projectRoot = join(import.meta.dirname, "..", "..");
const exportSchema = z.looseObject({
  events: z.array(
    z.looseObject({
      version: z.number(),
      event: z.looseObject({ type: z.string(), stepId: z.string().optional(), attempt: z.number().optional() }),
    }),
  ),
});
export type ExportedEvents = z.infer<typeof exportSchema>["events"];

/** Figures of a record that somebody else's eyes could count in the exported file. */
export interface Tally {
  readonly stepsDone: number;
  readonly approvals: number;
  readonly events: number;
  readonly exported: ExportedEvents;
}

/** Asks the bot for the record, takes the JSON file from the thread and verifies it off-line with the command line. */
export async function exportAndVerify(stage: Stage): Promise<Tally> {
  stage.say("alice types /kong-upgrade record");
  const outcome = await stage.people.command(alice, channel, "/kong-upgrade record");
  if (!wasTaken(outcome)) throw new Error(`the command was not taken: ${outcome.shown ?? ""}`);
  const file = await stage.until("the record as a JSON file in the thread", async () =>
    (await stage.thread()).flatMap((message) => message.files).find((each) => each.name.endsWith(".json")),
  );
  const text = await stage.people.file(file.id);
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-record-"));
  try {
    const path = join(folder, file.name);
    await writeFile(path, text);
    const verified = await execa(process.execPath, [join(projectRoot, "src", "main.ts"), "verify", path], {
      env: { NODE_COMPILE_CACHE: compileCache },
      reject: false,
      timeout: 120_000,
    });
    stage.say(`kong-upgrade verify ${file.name}: ${verified.stdout.split("\n")[0] ?? ""}`);
    if (verified.exitCode !== 0)
      throw new Error(`the exported record does not verify:\n${verified.stdout}\n${verified.stderr}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return tallyOf(exportSchema.parse(JSON.parse(text)).events);
}

function tallyOf(events: ExportedEvents): Tally {
  const count = (...types: readonly string[]): number =>
    events.filter(({ event }) => types.includes(event.type)).length;
  const done = events.filter(({ event }) => event.type === "step_finished" && isDone(event)).length;
  return {
    stepsDone: done + count("manual_step_confirmed", "step_counted_as_done"),
    approvals: count("approval_granted"),
    events: events.length,
    exported: events,
  };
}

const reportSchema = z.looseObject({ report: z.looseObject({ outcome: z.string() }) });
function isDone(event: object): boolean {
  const parsed = reportSchema.safeParse(event);
  return parsed.success && parsed.data.report.outcome === "done";
}
