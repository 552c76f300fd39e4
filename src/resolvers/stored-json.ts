import { isExactJson } from '../engine/index.ts';

/** JSON that an answer holds as the text it is stored as; whoever writes the answer need not parse it. */
export class StoredJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For writers that know nothing of it. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** A stored JSON value for an answer: its own text where the answer can hold it and JSON readers would not round it. */
export function storedJson(holdsText: boolean, text: string, parse: () => unknown): unknown {
  return holdsText && isExactJson(text) ? new StoredJson(text) : parse();
}
