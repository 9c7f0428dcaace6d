import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { fetchOverHttp } from "#src/slack/fetch-over-http.ts";

test("what is sent arrives, and what is answered is read, also over a connection that is kept", async () => {
  await using server = await serve((request, answer) => {
    const { method, headers } = request;
    answer.setHeader("X-OAuth-Scopes", "chat:write");
    void text(request).then((said) =>
      answer.end(JSON.stringify({ said, method, type: headers["content-type"], ü: "é" })),
    );
  });
  for (const body of ["a=1", "b=ü"]) {
    const answer = await fetchOverHttp(server.url, { method: "POST", headers: { "Content-Type": "x/y" }, body });
    expect(answer).toMatchObject({ ok: true, status: 200, statusText: "OK", url: `${server.url}/` });
    expect(answer.headers.get("x-oauth-scopes")).toBe("chat:write");
    expect(answer.headers.get("retry-after")).toBeNull();
    expect(Object.fromEntries(answer.headers.entries())).toMatchObject({ "x-oauth-scopes": "chat:write" });
    const expected = { said: body, method: "POST", type: "x/y", ü: "é" };
    expect(await answer.json()).toStrictEqual(expected);
    expect(JSON.parse(await answer.text())).toStrictEqual(expected);
    expect(JSON.parse(new TextDecoder().decode(await answer.arrayBuffer()))).toStrictEqual(expected);
  }
});

test("a status is told, and is no error", async () => {
  await using server = await serve((_, answer) => {
    answer.writeHead(429, { "Retry-After": "7" }).end();
  });
  const answer = await fetchOverHttp(server.url);
  expect(answer).toMatchObject({ ok: false, status: 429 });
  expect(answer.headers.get("Retry-After")).toBe("7");
});

test("a redirect is not followed", async () => {
  await using elsewhere = await serve((_, answer) => void answer.end("{}"));
  await using server = await serve((_, answer) => {
    answer.writeHead(307, { location: elsewhere.url }).end();
  });
  await expect(fetchOverHttp(server.url, { method: "POST", body: "token=x" })).rejects.toThrow("leads elsewhere (307)");
  expect(elsewhere.asked()).toBe(0);
});

test.each<[string, RequestListener]>([
  ["an answer that never begins", () => {}],
  ["an answer that never ends", (_, answer) => void answer.write("{")],
])("%s ends with the caller's patience", async (_, listener) => {
  await using server = await serve(listener);
  const patience = AbortSignal.timeout(200);
  await expect(fetchOverHttp(server.url, { signal: patience })).rejects.toThrow(/abort/iu);
  expect(patience.aborted).toBe(true);
});

test.each<[string, RequestListener]>([
  ["closed without an answer", (request) => void request.socket.destroy()],
  [
    "cut off in the middle",
    (request, answer) => {
      answer.writeHead(200, { "content-length": "100" });
      answer.write("{", () => request.socket.destroy());
    },
  ],
])("a connection that is %s is an error", async (_, listener) => {
  await using server = await serve(listener);
  await expect(fetchOverHttp(server.url)).rejects.toThrow(/socket hang up|aborted|ECONNRESET/u);
});

test("an answer without end is given up before it fills the memory", async () => {
  const megabyte = Buffer.alloc(1_000_000, 97);
  await using server = await serve((_, answer) => {
    const more = (): void => {
      while (!answer.destroyed && answer.write(megabyte)) continue;
    };
    answer.on("drain", more).on("error", () => {});
    more();
  });
  await expect(fetchOverHttp(server.url)).rejects.toThrow("more than 20000000 bytes");
});

test("where nothing listens, that is said", async () => {
  const server = await serve(() => {});
  await server[Symbol.asyncDispose]();
  await expect(fetchOverHttp(server.url)).rejects.toThrow("ECONNREFUSED");
});

async function serve(listener: RequestListener): Promise<AsyncDisposable & { url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, answer) => {
    asked += 1;
    listener(request, answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
