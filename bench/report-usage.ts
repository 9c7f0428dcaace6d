// Loaded into every Node process of a measured program (`--import`): says at its end what it needed, in the folder that
// its own address names.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = new URL(import.meta.url).searchParams.get("folder") ?? ".";

process.once("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const report = { maxRssKb: maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(report));
});
