import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

const timeoutMs = 10_000;

/**
 * The status that a request is answered with; redirects are not followed. Not `fetch`, because smoke tests set `Host`
 * and ask for paths that a URL parser would tidy up.
 */
export function sendRequest(
  url: URL,
  options: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(
      url,
      { method: options.method, headers: options.headers, agent: false, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.once("error", reject);
    request.end();
  });
}
