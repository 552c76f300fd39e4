/** The answer did not come in time; whether the command was carried out is unknown. */
export class NoAnswerError extends Error {
  constructor(milliseconds: number) {
    super(`it did not answer within ${milliseconds} ms`);
    this.name = 'NoAnswerError';
  }
}

/**
 * Rejects with NoAnswerError when `answer` takes longer. Answers that had arrived while this process itself was busy are in time: after
 * a stall timers run before sockets are read, so the sockets get one turn more.
 */
export function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let turn: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      turn = setImmediate(() => reject(new NoAnswerError(milliseconds)));
    }, milliseconds);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      clearImmediate(turn);
    });
  });
}
