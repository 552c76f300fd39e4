import Database from 'better-sqlite3';
import { MIGRATIONS, migrate } from '../../src/engine/sqlite/migrations/migrate.ts';

/* A process that dies inside of a migration step, after it has changed tables. Argument: the file. */

const database = new Database(process.argv[2] ?? '');
database.function('die', () => process.kill(process.pid, 'SIGKILL'));
const step = 'ALTER TABLE memories ADD COLUMN colour TEXT; DROP TABLE memory_access; SELECT die();';
migrate(database, 1, [...MIGRATIONS, step]);
