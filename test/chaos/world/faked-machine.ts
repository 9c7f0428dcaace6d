/**
 * Loaded into a process of the product before the product itself (`node --import`): its clock, its boot and the room on its
 * disk are what a file says. To set the clock, to reboot or to fill the disk for real would hit the machine of the tests.
 */
import { existsSync, readFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { machineFileVariable, readMachine } from "./machine-file.ts";

const file = process.env[machineFileVariable] ?? "";
const ownFolder = `${process.env["KONG_UPGRADE_DATA"] ?? ""}/`;
const lookEveryMs = 200;

const look = () => readMachine(readFileSync(file, "utf8"));
let machine = look();
setInterval(() => {
  machine = look();
}, lookEveryMs).unref();

const dayNow = Date.now.bind(Date);
Date.now = () => dayNow() + machine.clockMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, words, made): Date => Reflect.construct(target, words.length === 0 ? [Date.now()] : words, made),
});

const uptime = os.uptime.bind(os);
Object.assign(os, { uptime: () => uptime() - machine.bootedAtUptime });

const { mkdir, open, readFile } = fs;
Object.assign(fs, {
  // What is open already could still be written: a step that has begun is not what a full disk is about here.
  open: async (...words: Parameters<typeof open>) => {
    const [path, flags] = words;
    const isWritten = typeof flags === "string" ? /^[aw]/u.test(flags) : (Number(flags) & fs.constants.O_CREAT) !== 0;
    // Over what is there no room is needed, unless something is added.
    if (isWritten && (typeof flags === "string" || !existsSync(path))) refuseWhereFull(path);
    return open(...words);
  },
  mkdir: async (...words: Parameters<typeof mkdir>) => {
    if (!existsSync(words[0])) refuseWhereFull(words[0]);
    return mkdir(...words);
  },
  readFile: async (...words: Parameters<typeof readFile>) =>
    words[0] === "/proc/sys/kernel/random/boot_id" ? `${machine.bootId}\n` : readFile(...words),
});
syncBuiltinESMExports();

function refuseWhereFull(path: unknown): void {
  if (!machine.isDiskFull || !String(path).startsWith(ownFolder)) return;
  throw Object.assign(new Error(`ENOSPC: no space left on device, open '${String(path)}'`), { code: "ENOSPC" });
}
