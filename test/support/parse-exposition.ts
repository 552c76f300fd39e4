const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;

export interface Family {
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The text format of Prometheus 0.0.4, strictly: every line is a comment or a sample, every sample stands below the HELP
 * and TYPE of its family, and no sample is there twice. Throws at the first line that is otherwise.
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the text must end with a line feed');
  const families = new Map<string, { help: string; type: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = COMMENT.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        if (families.has(name)) throw new Error(`${name} is described twice`);
        families.set(name, { help: rest, type: '', samples: [] });
      } else {
        const family = families.get(name);
        if (family === undefined || name !== current) throw new Error(`TYPE before HELP: ${line}`);
        family.type = rest;
      }
      current = name;
      continue;
    }
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    const family = families.get(current);
    const base =
      family?.type === 'counter' || family?.type === 'gauge'
        ? name
        : name.replace(/_(sum|count|bucket)$/, '');
    if (family === undefined || base !== current)
      throw new Error(`no sample of ${current}: ${line}`);
    const id = line.slice(0, line.lastIndexOf(' '));
    if (seen.has(id)) throw new Error(`a sample is there twice: ${line}`);
    seen.add(id);
    family.samples.push({
      name,
      labels: parseLabels(labels, line),
      value: parseValue(value, line),
    });
  }
  return families;
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null) throw new Error(`labels cannot be read: ${line}`);
    const [, name = '', value = ''] = match;
    labels[name] = value;
  }
  return labels;
}

function parseValue(text: string, line: string): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text.replace('Inf', 'Infinity'));
  if (Number.isNaN(value)) throw new Error(`no number: ${line}`);
  return value;
}
