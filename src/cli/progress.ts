import { Presets, SingleBar } from 'cli-progress';

/** Moves to the first column and clears the line, so that a message does not end in the rest of the bar. */
const CLEAR_LINE = '\r\u001b[K';

/** What a long command tells on stderr: a bar for a person on a terminal, only the messages for a pipe or a log file. */
export class Progress {
  readonly #bar: SingleBar | null;
  #started = false;

  constructor(label: string) {
    this.#bar = process.stderr.isTTY
      ? new SingleBar(
          {
            format: `${label} {bar} {percentage}% {value}/{total}`,
            hideCursor: true,
            stream: process.stderr,
          },
          Presets.shades_classic,
        )
      : null;
  }

  update(done: number, total: number): void {
    if (this.#started) this.#bar?.update(done);
    else this.#bar?.start(total, done);
    this.#started = true;
  }

  print(message: string): void {
    process.stderr.write(
      this.#started && this.#bar !== null ? `${CLEAR_LINE}${message}\n` : `${message}\n`,
    );
  }

  stop(): void {
    if (this.#started) this.#bar?.stop();
    this.#started = false;
  }
}
