import { styleText } from 'node:util';
import type { Demonstration, Figure } from '../demo/demonstration.ts';
import type {
  Check,
  DemoHooks,
  DemonstrationOutcome,
  DemoReport,
} from '../demo/run-demonstrations.ts';
import { VERSION } from '../engine/index.ts';

type Style = Parameters<typeof styleText>[0];

/** Longer lines are hard to read, however wide the terminal is. */
const MAX_WIDTH = 96;
const INDENT = '     ';

/** Tells people what happens, while it happens; without an output it is silent. */
export class DemoNarrator implements DemoHooks {
  readonly #output: NodeJS.WriteStream | null;
  readonly #count: number;
  readonly #width: number;
  readonly #coloured: boolean;

  constructor(output: NodeJS.WriteStream | null, count: number) {
    this.#output = output;
    this.#count = count;
    // A terminal whose size nobody set says 0.
    this.#width = Math.min(MAX_WIDTH, output?.columns || MAX_WIDTH);
    // hasColors also heeds NO_COLOR and what the terminal can do.
    this.#coloured = output?.isTTY === true && output.hasColors();
  }

  begin(database: string | null): void {
    const place = database === null ? 'a temporary database' : database;
    this.#print(`${this.#style('bold', `Trinitas ${VERSION}`)}, demonstrations on ${place}`);
  }

  onStart({ title, proves }: Demonstration, index: number): void {
    this.#print();
    const number = this.#style('dim', `${index + 1}/${this.#count}`.padEnd(INDENT.length));
    this.#print(`${number}${this.#style(['bold', 'cyan'], title)}`);
    this.#wrapped(INDENT, INDENT, proves, 'dim');
  }

  onCheck({ fact, holds }: Check): void {
    const mark = holds ? this.#style('green', '✓') : this.#style('red', '✗');
    this.#wrapped(`  ${mark}  `, INDENT, fact, null);
  }

  onFigure({ text }: Figure): void {
    this.#wrapped(`  ${this.#style('yellow', '→')}  `, INDENT, text, 'yellow');
  }

  onEnd({ passed, seconds, error }: DemonstrationOutcome): void {
    if (!passed) this.#wrapped(INDENT, INDENT, `failed: ${error}`, 'red');
    this.#print(this.#style('dim', `${INDENT}${seconds.toFixed(2)} s`));
  }

  end({ demonstrations, interrupted, database }: DemoReport): void {
    const held = demonstrations.filter(({ passed }) => passed).length;
    const facts = demonstrations.flatMap(({ checks }) => checks).filter(({ holds }) => holds);
    const all = held === this.#count && !interrupted;
    this.#print();
    this.#print(
      this.#style(
        ['bold', all ? 'green' : 'red'],
        `${held} of ${this.#count} demonstrations hold, ${facts.length} facts verified${interrupted ? ', interrupted' : ''}`,
      ),
    );
    const [one] = demonstrations;
    if (database !== null && one !== undefined)
      this.#print(
        this.#style('dim', `look: trinitas status --db ${database} --namespace "${one.namespace}"`),
      );
  }

  #print(line = ''): void {
    this.#output?.write(`${line}\n`);
  }

  /** `first` and `rest` begin the lines; both take as many columns as INDENT. */
  #wrapped(first: string, rest: string, text: string, style: Style | null): void {
    const lines = wrap(text, this.#width - INDENT.length);
    for (const [index, line] of lines.entries())
      this.#print(
        `${index === 0 ? first : rest}${style === null ? line : this.#style(style, line)}`,
      );
  }

  #style(style: Style, text: string): string {
    return this.#coloured ? styleText(style, text) : text;
  }
}

/** Lines of at most `width` characters, broken between words; a longer word stays whole. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
