import { connect } from "node:net";

const connectTimeoutMs = 3_000;

/** Whether something accepts connections at an address; a time-out tells neither. */
export interface Port {
  readonly url: string;
  readonly state: "open" | "closed" | "unclear";
  readonly said: string;
}

/** Opens a connection and closes it again. Never rejects. */
export function knock(url: string): Promise<Port> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/gu, ""),
      port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
      timeout: connectTimeoutMs,
    });
    const answer = (state: Port["state"], said: string): void => {
      socket.destroy();
      resolve({ url, state, said });
    };
    socket.once("connect", () => answer("open", "accepts connections"));
    socket.once("timeout", () => answer("unclear", `no answer within ${connectTimeoutMs} ms`));
    socket.once("error", (error) => {
      const isRefused = "code" in error && error.code === "ECONNREFUSED";
      answer(isRefused ? "closed" : "unclear", isRefused ? "refuses connections" : error.message);
    });
  });
}
