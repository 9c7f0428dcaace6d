/** An error that the command line reports as Kong does: `Error: <message>`, exit code 1. */
export class KongFailure extends Error {
  override readonly name = "KongFailure";
}

const hint = "  Run with --v (verbose) or --vv (debug) for more details";

/** The text that ends a failed command on stderr. With --v/--vv Kong prints a traceback, of which only the head is simulated. */
export function describeFailure(message: string, isVerbose: boolean): string {
  const text = isVerbose ? `\n${message}\nstack traceback:\n\t[C]: in function 'error'` : message;
  return `Error: ${text}\n\n${hint}\n`;
}
