/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen. */
  readonly detail: string;
  /** What to do; null when nothing is wrong. */
  readonly remedy: string | null;
}

export function fine(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null };
}

export function finding(name: string, detail: string, remedy: string): Check {
  return { name, ok: false, detail, remedy };
}
