import { writeFile } from "node:fs/promises";
import type { IncomingMessage, RequestListener } from "node:http";
import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import type { Action, Step } from "#src/plan/step.ts";
import { runStep } from "#src/run/run-step.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { createContext } from "#test/src/run/context.ts";
import { startServer } from "#test/src/run/kong-server.ts";
import { nodeWith, nowhere } from "#test/src/run/probe-context.ts";
import { createEnvironment, createFolder, createStep, present, resolverFor } from "#test/src/run/stage.ts";

type Request = Extract<Action, { kind: "request" }>;

const licence = JSON.stringify({ license: { payload: { customer: "Acme sesame" }, signature: "sesame-5" } });

const postLicence: Request = {
  kind: "request",
  node: "kong-1",
  method: "POST",
  path: "/licenses",
  body: { tags: "upgrade" },
  secretFields: { payload: { env: "LICENCE" } },
  expectStatus: [201],
};

interface Ran {
  readonly report: StepReport;
  readonly output: string;
}

/** Runs a step with this request, whose proof is a file that is there. */
async function run(
  url: string,
  changes: {
    readonly action?: Partial<Request>;
    readonly step?: Partial<Step>;
    readonly environment?: Partial<Environment>;
    readonly secrets?: Readonly<Record<string, string>>;
    readonly isProven?: boolean;
    readonly isStillOurs?: boolean | undefined;
  } = {},
): Promise<Ran> {
  await using folder = await createFolder();
  if (changes.isProven !== false) await writeFile(`${folder.path}/proof`, "x");
  const secrets = changes.secrets ?? { LICENCE: `${licence}\n`, TOKEN: "sesame-token" };
  const step = createStep({
    action: { ...postLicence, ...changes.action },
    proof: [present(`${folder.path}/proof`)],
    ...changes.step,
  });
  const environment = createEnvironment(nowhere, {
    nodes: [nodeWith({ admin: url })],
    adminApi: { token: { env: "TOKEN" } },
    ...changes.environment,
  });
  const resolveSecret = resolverFor(nowhere, secrets);
  const place = { environment, step, dataDir: folder.path, databaseUrl: nowhere };
  const base = createContext(place);
  const context = createContext(place, {
    resolveSecret,
    redactor: createRedactor(Object.values(secrets)),
    ports: { ...base.ports, resolveSecret },
    isStillOurs: async () => ("isStillOurs" in changes ? changes.isStillOurs : true),
  });
  const report = await runStep(context);
  return { report, output: context.stored.map((chunk) => chunk.text).join("") };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(String(chunk)));
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? undefined : JSON.parse(text);
}

interface Heard {
  readonly body: unknown;
  readonly token: unknown;
}

/** An Admin API that answers with this status and repeats what it was sent, as Kong does. */
function repeating(status: number, heard: Heard[]): RequestListener {
  const answer = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    const body = await bodyOf(request);
    heard.push({ body, token: request.headers["kong-admin-token"] });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: "l1", ...(typeof body === "object" ? body : {}) }));
  };
  return (request, response) => void answer(request, response);
}

test("a licence is posted as a text, with the token, and neither is written down", async () => {
  const heard: Heard[] = [];
  await using server = await startServer(repeating(201, heard));
  const { report, output } = await run(server.url);
  expect(heard).toStrictEqual([{ body: { tags: "upgrade", payload: licence }, token: "sesame-token" }]);
  expect(server.asked).toStrictEqual(["POST /licenses"]);
  expect(report.outcome).toBe("done");
  expect(output).toContain('[kong-1] POST /licenses {"tags":"upgrade","payload":"[redacted]"}');
  expect(output).toContain('HTTP 201 {"id":"l1","tags":"upgrade","payload":"[redacted]"}');
  expect(JSON.stringify({ report, output })).not.toContain("sesame");
});

test("done only when the proof says so", async () => {
  await using server = await startServer(repeating(201, []));
  expect((await run(server.url, { isProven: false })).report.outcome).toBe("failed");
});

test("a DELETE has no body", async () => {
  const heard: Heard[] = [];
  await using server = await startServer(repeating(204, heard));
  const { report } = await run(server.url, {
    action: { method: "DELETE", path: "/licenses/l1", body: {}, secretFields: {}, expectStatus: [204] },
  });
  expect(heard).toMatchObject([{ body: undefined }]);
  expect(report.outcome).toBe("done");
});

test("another status than the expected one fails and says what was answered", async () => {
  await using server = await startServer(repeating(400, []));
  const { report, output } = await run(server.url, { isProven: false });
  expect(report).toMatchObject({
    outcome: "failed",
    reason: expect.stringContaining("POST /licenses of kong-1 was answered with HTTP 400, expected 201"),
  });
  expect(output).toContain("HTTP 400");
});

test.each<[string, Partial<Step>, string]>([
  ["unknown where it must not be done twice", { isIdempotent: false }, "unknown"],
  ["failed where it may", { isIdempotent: true }, "failed"],
])("an error of the server may come after the work: %s", async (_, step, outcome) => {
  await using server = await startServer(repeating(502, []));
  expect((await run(server.url, { step, isProven: false })).report.outcome).toBe(outcome);
});

test("a connection that is lost after sending leaves the outcome unknown", async () => {
  await using server = await startServer((request) => {
    void bodyOf(request).then(() => request.socket.destroy());
  });
  const { report } = await run(server.url);
  expect(report).toMatchObject({
    outcome: "unknown",
    reason: expect.stringContaining("got no answer after it was sent"),
  });
});

test("an Admin API that does not answer within the step's time leaves the outcome unknown", async () => {
  await using server = await startServer(() => undefined);
  const startedAt = Date.now();
  const { report } = await run(server.url, { step: { timeoutMs: 1_000 } });
  expect(report).toMatchObject({ outcome: "unknown", reason: expect.stringContaining("timeout after 1000 ms") });
  expect(Date.now() - startedAt).toBeLessThan(15_000);
});

test.each<[string, Parameters<typeof run>[1], string]>([
  ["nobody listens", {}, "ECONNREFUSED"],
  ["the licence cannot be read", { secrets: { TOKEN: "t" } }, "LICENCE"],
  ["the token cannot be read", { secrets: { LICENCE: "x" } }, "TOKEN"],
  ["the node is not configured", { action: { node: "kong-9" } }, "no node kong-9"],
])("what was never sent has failed and nothing was done: %s", async (_, changes, reason) => {
  const { report } = await run("http://127.0.0.1:1", changes);
  expect(report).toMatchObject({ outcome: "failed", proof: [], reason: expect.stringContaining(reason) });
  expect(report.reason).toContain("was not sent");
});

test("a node of the second cluster is found", async () => {
  const heard: Heard[] = [];
  await using server = await startServer(repeating(201, heard));
  const green = { nodes: [nodeWith({ name: "green-1", admin: server.url })] };
  const { report } = await run("http://127.0.0.1:1", { environment: { green }, action: { node: "green-1" } });
  expect(report.outcome).toBe("done");
  expect(heard).toHaveLength(1);
});

test("an answer without end is bounded, and a secret at its edge is not half shown", async () => {
  const secret = "sesame".repeat(20);
  await using server = await startServer((_, response) => {
    response.writeHead(201).end(JSON.stringify({ text: `${"x".repeat(3_950)}${secret}${"y".repeat(100_000)}` }));
  });
  const { output } = await run(server.url, { secrets: { LICENCE: "licence", TOKEN: secret } });
  expect(output.length).toBeLessThan(5_000);
  expect(output).not.toContain("sesame");
});

test.each([
  ["was given up meanwhile", false],
  ["cannot ask whether it was", undefined],
])("a runner that stood still after the claim and %s sends nothing", async (_, isStillOurs) => {
  await using server = await startServer(repeating(201, []));
  const { report } = await run(server.url, { isStillOurs });
  expect(report).toMatchObject({ outcome: "failed", reason: expect.stringContaining("was not sent: ") });
  expect(server.asked).toStrictEqual([]);
});
