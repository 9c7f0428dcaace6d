// A program that runs elsewhere by ssh: the target's files and the connection, with its output kept as a runner keeps it.
import { transportSchema } from "#src/plan/transport.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { keepOutput } from "./kept-output.ts";

const [databaseUrl = "", place = "", ...argv] = process.argv.slice(2);
const via = transportSchema.parse(JSON.parse(place));
const kept = keepOutput(databaseUrl);
const transports = openTransports({ PATH: "/usr/bin:/bin" });
const name = `bench.${process.pid}`;
const end = await transports.run(via, { name, argv, env: {}, timeoutMs: 600_000, onOutput: kept.onOutput });
const { lines } = await kept.finish();
void transports.forget(via, [name]);
await transports[Symbol.asyncDispose]();
if (end.kind !== "exited" || lines !== 1_000_000) throw new Error(`${JSON.stringify(end)}: kept ${lines} lines`);
