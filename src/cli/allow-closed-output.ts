/**
 * A reader such as `head` may leave before the end of the output. What it no longer wants is dropped and is no failure: the
 * command does its work to the end and keeps its exit code. Any other failure of an output is thrown.
 */
export function allowClosedOutput(...outputs: readonly NodeJS.WriteStream[]): void {
  for (const output of outputs) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
