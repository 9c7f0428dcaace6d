import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isStill } from "./process-table.ts";

/** Makes sure that one data directory serves one practice at a time. @throws Error that names the process holding it. */
export async function claimFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = `${dataDir}.pid`;
  await mkdir(dirname(file), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const isMine = await writeFile(file, String(process.pid), { flag: "wx" }).then(
      () => true,
      () => false,
    );
    if (isMine) return () => rm(file, { force: true });
    const owner = Number(await readFile(file, "utf8").catch(() => "0"));
    if (await isStill(owner, "practice/main.ts")) {
      throw new Error(`another practice (process ${owner}) uses ${dataDir}; end it, or give --data DIR and --port N`);
    }
    await rm(file, { force: true });
  }
  throw new Error(`${file} cannot be claimed; remove it and start again`);
}
