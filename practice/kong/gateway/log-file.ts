import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** One file below `<prefix>/logs`, in nginx's line formats. */
export interface LogFile {
  access(line: AccessLine): void;
  error(level: "notice" | "warn" | "error" | "emerg", text: string): void;
}

/** One request as the access log shows it. */
interface AccessLine {
  readonly client: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly bytes: number;
  readonly agent: string;
}

/** The file is moved to `<name>.1` at this size, so that a node left running for weeks does not fill the disk. */
const maxBytes = 8 * 1024 * 1024;

/** Opens (creating folders) a log file; lines are appended synchronously because a stopped node must not lose its last ones. */
export function openLogFile(path: string): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  function write(line: string): void {
    if (size > maxBytes) {
      renameSync(path, `${path}.1`);
      size = 0;
    }
    appendFileSync(path, line);
    size += Buffer.byteLength(line);
  }
  return {
    access: ({ client, method, uri, status, bytes, agent }) => {
      write(
        `${client} - - [${accessTime(new Date())}] "${method} ${uri} HTTP/1.1" ${status} ${bytes} "-" "${agent}"\n`,
      );
    },
    error: (level, text) => {
      write(`${errorTime(new Date())} [${level}] ${process.pid}#0: ${text}\n`);
    },
  };
}

/** `2026/11/20 23:34:25`, as in nginx's error log (UTC). */
function errorTime(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

function accessTime(at: Date): string {
  const iso = at.toISOString();
  return `${iso.slice(8, 10)}/${months[at.getUTCMonth()] ?? ""}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
