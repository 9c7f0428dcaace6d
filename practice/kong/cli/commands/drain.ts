import { request } from "node:http";
import type { ExitCode, Invocation } from "#practice/kong/cli/invocation.ts";
import { loadConfiguration, valueOf } from "#practice/kong/configuration/configuration.ts";

const timeoutMs = 5_000;

/** `kong drain` (3.9): asks the status listener to report `draining`; failures are printed on stdout and end with 0. */
export async function drain(invocation: Invocation): Promise<ExitCode> {
  const { version, line, env, output } = invocation;
  const configuration = loadConfiguration(version, { file: line.flags.conf, prefix: line.flags.prefix, env });
  const listener = /^(\S+):(\d+)/.exec(valueOf(configuration, "status_listen"));
  if (listener === null) {
    output.info("No status listeners found in configuration.");
    return 0;
  }
  const address = { host: listener[1] ?? "127.0.0.1", port: Number(listener[2]) };
  const failure = await postDraining(address);
  output.info(
    failure === undefined
      ? "Kong's status successfully changed to 'draining'"
      : `Failed to send request to http://${address.host}:${address.port}/status: ${failure}`,
  );
  return 0;
}

/** Resolves to `undefined` on success, else to the reason. */
function postDraining(address: { readonly host: string; readonly port: number }): Promise<string | undefined> {
  const body = JSON.stringify({ status: "draining" });
  return new Promise((resolve) => {
    const call = request(
      {
        ...address,
        path: "/status",
        method: "POST",
        timeout: timeoutMs,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve(status < 300 ? undefined : `HTTP status ${status}`);
      },
    );
    call.once("timeout", () => call.destroy(new Error("timeout")));
    call.once("error", (error) => resolve(error.message));
    call.end(body);
  });
}
