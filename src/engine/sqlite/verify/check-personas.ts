import { isSoundPersona } from '../personas.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

const ALL = 'SELECT id, namespace, name, created_at, crc FROM main.personas NOT INDEXED';

/** Personas against their checksums. Which of its columns is wrong nobody can tell, so it may belong to any namespace. */
export function checkPersonas(statements: StatementCache, findings: Findings): void {
  for (const row of statements.rows(ALL)) {
    if (isSoundPersona(row)) continue;
    findings.entry({
      area: 'personas',
      table: 'personas',
      problem: `the persona ${String(row[0])} (${JSON.stringify(row[2])}) does not match its checksum`,
    });
  }
}
