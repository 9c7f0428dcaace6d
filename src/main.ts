import { flushCompileCache } from "node:module";
import { parseArgs } from "node:util";
import { readSettings } from "./config/settings.ts";
import type { Settings } from "./config/settings.ts";
import { AppError, errorMessage, isMistyped } from "./kernel/app-error.ts";
import type { Logger } from "./log.ts";
import type { Printed } from "./terminal/run-word.ts";
import { version } from "./version.ts";

/** What was opened gets this long to close after a signal where it does not say itself how long it needs. */
const defaultCloseMs = 10_000;
/** One press of a key, or one stop of a service, may reach this process twice: by itself and by the one that started it. */
const echoMs = 250;

/** Words that are no chat words, and that the usage explains. */
const own: ReadonlySet<string> = new Set(["serve", "runner", "verify", "doctor", "totp-reset"]);

const [word, ...rest] = process.argv.slice(2);

/** Words whose output programs read where they ask for it; a note may hold any word. */
const isJson = rest.includes("--json") && !["serve", "runner", "check", "plan", "note", "answer"].includes(word ?? "");

try {
  await main(readSettings(process.env));
} catch (thrown) {
  const code = thrown instanceof AppError ? thrown.code : "bug";
  // With 1 a check says what it found; what could not be looked at is 2, whatever was in the way.
  const status = isMistyped(code) || word === "check" || word === "plan" ? 2 : 1;
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ kind: "error", code, message: errorMessage(thrown) })}\n`);
    process.exit(status);
  }
  if (thrown instanceof AppError) {
    process.stderr.write(`kong-upgrade: ${thrown.message}\n`);
    process.exit(status);
  }
  const isService = word === "serve" || word === "runner";
  if (isService || process.env["LOG_LEVEL"] === "debug") {
    const { openLog } = await import("./log.ts");
    openLog("info", "main").fatal({ err: thrown }, "kong-upgrade ended by a bug");
  }
  const where = isService ? "the log above has the details" : "LOG_LEVEL=debug shows where";
  process.stderr.write(`kong-upgrade: that did not work, by a bug (${errorMessage(thrown)}); ${where}\n`);
  process.exit(status);
}

async function main(settings: Settings): Promise<void> {
  if (own.has(word ?? "") && rest.some((each) => each === "--help" || each === "-h")) return printUsage(0);
  switch (word) {
    case "serve": {
      const { values } = optionsAlone({ "with-runner": { type: "boolean", default: false } });
      const log = await serviceLog(settings, "bot");
      const { bootServe } = await import("./boot-serve.ts");
      return keepOpen(log, () =>
        bootServe(settings, { withRunner: values["with-runner"] === true, variables: process.env }, log),
      );
    }
    case "runner": {
      const { values } = optionsAlone({
        environment: { type: "string", multiple: true, default: [] },
        label: { type: "string", multiple: true, default: [] },
      });
      const { refuseSlackSecrets } = await import("./config/foreign-secrets.ts");
      refuseSlackSecrets(process.env);
      const log = await serviceLog(settings, "runner");
      const { bootRunner } = await import("./boot-runner.ts");
      const request = { environments: texts(values["environment"]), labels: texts(values["label"]) };
      return keepOpen(log, () => bootRunner(settings, { ...request, variables: process.env }, log));
    }
    case "check":
    case "plan": {
      const { lookAhead } = await import("./terminal/look-ahead.ts");
      return print(await lookAhead(word, rest, { settings, variables: process.env, onProgress, nowMs: Date.now() }));
    }
    case "verify": {
      if (!rest.some((argument) => argument.endsWith(".json") || argument.includes("/")))
        return print(await runWord(settings));
      const { values, positionals } = options({
        head: { type: "string" },
        key: { type: "string" },
        json: { type: "boolean", default: false },
      });
      const [file, ...more] = positionals;
      if (file === undefined || more.length > 0)
        throw new AppError(
          "usage",
          "usage: kong-upgrade verify FILE.json [--head sha256:…] [--key PUBLIC.pem] [--json]",
        );
      const { verifyFile } = await import("./terminal/verify-file.ts");
      return print(
        await verifyFile(file, {
          head: text(values["head"]),
          key: text(values["key"]),
          isJson: values["json"] === true,
        }),
      );
    }
    case "doctor": {
      const { doctor } = await import("./terminal/doctor.ts");
      const { text: report, status } = await doctor(rest, settings, process.env);
      // A look that gave no answer in time may hold its connection for a while yet.
      process.stdout.on("error", () => process.exit(status));
      process.stdout.write(`${report}\n`, () => process.exit(status));
      return undefined;
    }
    case "totp-reset": {
      const { resetCodes } = await import("./terminal/reset-codes.ts");
      const { positionals } = options({});
      const human = positionals.length === 1 ? positionals[0] : undefined;
      return print(await resetCodes(human, settings, await logOf(settings, "terminal")));
    }
    case undefined:
    case "--help":
    case "-h":
      return printUsage(word === undefined ? 2 : 0);
    case "--version":
      return print({ text: version, status: 0 });
    default:
      return print(await runWord(settings));
  }
}

async function printUsage(status: 0 | 2): Promise<void> {
  print({ text: (await import("./usage.ts")).usage(), status, isNo: status === 2 });
}

/** Loaded only by what writes a log: a check in a pipeline should start at once. */
async function logOf({ logLevel }: Settings, part: string): Promise<Logger> {
  const { openLog } = await import("./log.ts");
  return openLog(logLevel, part);
}

/** The log of a service, which holds everything that it writes to standard error but why it does not start. */
async function serviceLog(settings: Settings, part: "bot" | "runner"): Promise<Logger> {
  const log = await logOf(settings, part);
  const { takeOverConsole } = await import("./log.ts");
  takeOverConsole(log);
  return log;
}

/** A chat word at a terminal; loaded only then, because a check in a pipeline should start at once. */
async function runWord(settings: Settings): Promise<Printed> {
  const { runAtTerminal } = await import("./terminal/run-word.ts");
  return runAtTerminal(process.argv.slice(2), settings);
}

/** How far a long look came, on stderr, so that the report on stdout stays a report. */
function onProgress(said: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${said}`);
}

function print({ text: printed, status, isNo = false }: Printed): void {
  const stream = isNo ? process.stderr : process.stdout;
  // Whoever reads through a pipe may have seen enough, as in `kong-upgrade list | head -1`.
  stream.on("error", () => process.exit(status));
  stream.write(`${printed}\n`);
  process.exitCode = status;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>["options"]>;
function options(known: Options): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({ args: rest, options: known, allowPositionals: true });
  } catch (cause) {
    // Node tells next how to pass words that begin with a dash, which nobody means here.
    const [what] = errorMessage(cause).split(". To specify");
    throw new AppError("usage", `${what}; \`kong-upgrade --help\` shows what there is`, { cause });
  }
}

/** Of a word that takes nothing else: `runner prod` must not serve every environment because `--environment` is missing. */
function optionsAlone(known: Options): ReturnType<typeof options> {
  const read = options(known);
  const [first] = read.positionals;
  if (first === undefined) return read;
  const meant = word === "runner" ? `; did you mean --environment ${first}?` : "";
  throw new AppError(
    "usage",
    `${word} does not understand “${first}”${meant}; \`kong-upgrade --help\` shows what there is`,
  );
}

/** What a process keeps open, and how long closing it may take. */
interface Opened extends AsyncDisposable {
  readonly closeMs?: number;
}

/**
 * Opens, waits for a signal (or the end of the process that started us), and closes in reverse within a deadline. A second
 * signal ends the process at once: what a runner was running is then unknown, and the record says so.
 */
async function keepOpen(log: Logger, open: () => Promise<Opened>): Promise<void> {
  const stop = Promise.withResolvers<string>();
  let stoppedAt: number | undefined;
  const end = (why: string): void => {
    stoppedAt ??= performance.now();
    stop.resolve(why);
  };
  const hear = (signal: string): void => {
    if (stoppedAt !== undefined && performance.now() - stoppedAt > echoMs) {
      log.warn({ signal }, "a second signal: ending at once, whatever runs");
      process.exit(1);
    }
    end(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => hear(signal));
  process.once("disconnect", () => end("the process that started this one is gone"));
  process.on("unhandledRejection", (thrown) => {
    log.fatal({ err: thrown }, "unhandled rejection; this process ends and its supervisor starts a new one");
    process.exit(1);
  });
  // What is killed one day would otherwise keep nothing of it. On a disk this takes seconds in which nothing else is done
  // (2.6 s measured at a first start), so it comes before anybody may expect an answer.
  flushCompileCache();
  const opening = open();
  const opened = await Promise.race([opening, stop.promise]);
  if (typeof opened === "string") {
    log.info({ why: opened }, "stopped while starting");
    process.exit(0);
  }
  log.info({ version }, "ready");
  const why = await stop.promise;
  log.info({ why }, "stopping");
  setTimeout(() => process.exit(1), opened.closeMs ?? defaultCloseMs).unref();
  await opened[Symbol.asyncDispose]();
  process.exit(0);
}
