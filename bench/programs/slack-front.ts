// Stands before the practice workspace: it takes what comes to response URLs, at any rate and of any name, and hands the
// rest on. A process of its own, so that answers do not keep the one waiting that measures.
import { createServer, request } from "node:http";

const [port = "", behind = ""] = process.argv.slice(2);
const server = createServer((incoming, answer) => {
  if (incoming.url?.startsWith("/commands/") === true) {
    incoming.resume();
    incoming.once("end", () => answer.end("ok"));
    return;
  }
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port: Number(behind), method, path: url, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  onward.once("error", () => answer.destroy());
  incoming.pipe(onward);
});
server.listen(Number(port), "127.0.0.1", () => process.stdout.write('"msg":"ready"\n'));
