import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { openRecord } from "#src/record/record.ts";
import { startSshServer } from "#test/src/run/transports/ssh-server.ts";
import type { Bench } from "./bench.ts";
import { manyLines } from "./step-output.ts";

/** A million lines that a program prints elsewhere, over a real sshd of this machine, against those of a program here. Only Node is measured: neither ssh nor sshd. */
export const stepOutputSsh: Bench = {
  name: "output-ssh",
  title: "A million lines of a step's output over ssh",
  async prepare(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const record = await openRecord({ url: postgres.url });
    await record[Symbol.asyncDispose]();
    const { transport } = stack.use(await startSshServer());
    const floor = "here";
    return [
      { name: floor, program: [program("keep-output.ts"), postgres.url, ...manyLines] },
      {
        name: "by ssh",
        program: [program("keep-remote-output.ts"), postgres.url, JSON.stringify(transport), ...manyLines],
        floor,
        budget: { ratio: 2, peakMb: 200 },
      },
    ];
  },
};

function program(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}
