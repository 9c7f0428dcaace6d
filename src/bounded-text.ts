/** More arrived than is taken: asking for less of it may help. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

/** An answer as text, never more of it in memory than that. @throws TooLong, and whatever the other side breaks off with */
export async function boundedText(answer: AsyncIterable<unknown>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.byteLength;
    if (bytes > maxBytes) throw new TooLong(`the answer has more than ${maxBytes} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}
