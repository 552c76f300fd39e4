import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { ValidationError } from '../src/engine/index.ts';
import { flag, useConfigFolder } from './support/config-folder.ts';

const { load, file } = useConfigFolder();

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  }
  throw new Error('the configuration was accepted');
}

describe('a bad configuration', () => {
  it('is refused once, with every bad key and where it came from', () => {
    file(
      'trinitas.config.yaml',
      'memory:\n  cache_size: many\n  sqlitepath: x\nsever: {}\nextra: 1\n',
    );
    const problems = problemsOf(() =>
      load({
        environment: {
          TRINITAS_SERVER__PORT: '70000',
          TRINITAS_HISTORY__KEEP: '1',
          TRINITAS_NOPE: '1',
        },
        flags: [flag('server.log_level', 'loud')],
      }),
    );
    expect(
      problems
        .map((problem) =>
          problem.replace(/: Invalid option: .*?(?= \(from)|: Too big: .*?(?= \(from)/, ': bad'),
        )
        .toSorted(),
    ).toEqual([
      'extra: is not a known key (from trinitas.config.yaml)',
      'history.keep: is not a known key (from TRINITAS_HISTORY__KEEP)',
      'memory.cache_size: Invalid input: expected number, received string (from trinitas.config.yaml)',
      'memory.sqlitepath: is not a known key (from trinitas.config.yaml)',
      'nope: is not a known key (from TRINITAS_NOPE)',
      'server.log_level: bad (from --log_level)',
      'server.port: bad (from TRINITAS_SERVER__PORT)',
      'sever: is not a known key (from trinitas.config.yaml)',
    ]);
  });

  it.each<[string, unknown]>([
    ['memory.backend', 'postgres'],
    ['memory.sqlite_path', ''],
    ['memory.max_connections', 0],
    ['memory.connection_timeout', -1],
    ['memory.transaction_timeout', 0],
    ['memory.redis_url', 'http://localhost'],
    ['memory.chroma_url', 'not a url'],
    ['memory.chromadb_path', ''],
    ['memory.cache_size', 1.5],
    ['memory.cache_ttl', 0],
    ['memory.batch_size', 1000],
    ['memory.optimize_queries', 'yes'],
    ['memory.enable_metrics', null],
    ['memory.retry_attempts', -1],
    ['memory.retry_backoff', 0.5],
    ['memory.health_check_interval', 0],
    ['memory.synchronous', 'OFF'],
    ['memory.mmap_size', -1],
    ['memory.slow_query_ms', 0],
    ['memory.ballast_bytes', -1],
    ['memory.min_free_bytes', 0.5],
    ['memory.unknown', 1],
    ['performance.p95_ms', 0],
    ['performance.error_rate', 101],
    ['performance.queue_depth', 0],
    ['performance.wal_bytes', 0],
    ['performance.window', 0],
    ['performance.unknown', 1],
    ['history.retention_days', 0],
    ['history.keep_changes', -1],
    ['server.host', ''],
    ['server.port', -1],
    ['server.cors', 'https://a.example'],
    ['server.graphiql', 'on'],
    ['server.introspection', 1],
    ['server.limits.body_bytes', 1],
    ['backup.directory', ''],
    ['backup.keep', 0],
    ['backup.keep_days', 0],
    ['backup.unknown', 1],
    ['server.limits.depth', 0],
    ['server.limits.cost', 0],
    ['server.limits.aliases', -1],
    ['server.limits.directives', -1],
    ['server.limits.tokens', 0],
    ['server.limits.batch', 0],
    ['server.limits.subscriptions_per_client', 0],
    ['server.limits.request_wait', 0],
    ['server.limits.ws_init_timeout', 0],
    ['server.limits.transaction_timeout', 301],
    ['server.limits.transaction_idle_timeout', 0],
    ['server.limits.unknown', 1],
    ['server.shutdown_grace', -1],
    ['server.log_level', 'verbose'],
    ['server.metrics', 'on'],
    ['server.tracing.otlp_url', 'localhost:4318'],
    ['server.tracing.otlp_url', 'http://user:hunter2@localhost:4318/v1/traces'],
    ['server.tracing.service_name', ''],
    ['server.tracing.sample_ratio', 1.5],
    ['server.tracing.unknown', 1],
    ['server.auth', {}],
    ['__proto__', 1],
    ['memory.__proto__', 1],
  ])('names %s', (path, value) => {
    const problems = problemsOf(() => load({ flags: [flag(path, value)] }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(`^${path.replaceAll('.', String.raw`\.`)}: .+ \\(from --`),
    );
  });

  it('lets no schedule of backups stand without what it needs', () => {
    const backup = (text: string) => {
      file('trinitas.config.yaml', `backup: ${text}`);
      return () => load();
    };
    expect(problemsOf(backup('{interval: 60}'))).toEqual([
      'backup.directory: is needed by backup.interval',
    ]);
    expect(problemsOf(backup('{directory: b, incremental_interval: 60}'))).toEqual([
      'backup.interval: is needed by backup.incremental_interval',
    ]);
    expect(problemsOf(backup('{directory: b, interval: 0}'))[0]).toContain('backup.interval: ');
    expect(backup('{directory: b, interval: 60}')().backup).toMatchObject({ interval: 60 });
  });

  it.each(['https://a.example/', 'https://a.example/path', 'a.example', '*', 'null'])(
    'refuses the origin %s',
    (origin) => {
      const problems = problemsOf(() => load({ flags: [flag('server.cors', [origin])] }));
      expect(problems).toEqual([expect.stringContaining('server.cors.0: must be an origin')]);
    },
  );

  it.each([
    'sever:',
    'sever: {}',
    'memory: {sqlitepath: }',
    'server: {port: {}}',
    'server: {port: {a: 1}}',
    'memory: 1',
  ])('names the key of %s', (text) => {
    file('trinitas.config.yaml', text);
    expect(problemsOf(() => load())).toHaveLength(1);
  });

  const EMPTY = ['memory:', 'memory: {}', 'server: {limits: }', 'memory: {redis_url: }'];
  it.each(EMPTY)('is not %s, which sets nothing', (text) => {
    file('trinitas.config.yaml', text);
    expect(load()).toEqual(loadConfig({ environment: {}, directory: tmpdir() }));
  });

  it('never shows a value, which may be a secret', () => {
    const secret = 'hunter2';
    const environment = {
      TRINITAS_MEMORY__REDIS_URL: `http://u:${secret}@h`,
      TRINITAS_SERVER__PORT: secret,
    };
    const problems = problemsOf(() => load({ environment }));
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain(secret);
  });

  it('says so when a section and a value collide', () => {
    expect(
      problemsOf(() => load({ environment: { TRINITAS_SERVER: '1', TRINITAS_SERVER__PORT: '2' } })),
    ).toEqual([
      'server.port: stands where a section and a single value collide (TRINITAS_SERVER__PORT)',
    ]);
  });

  it.each([
    ['trinitas.config.json', '{"server":', 'is not valid JSON'],
    ['trinitas.config.yaml', 'server: [', 'is not valid YAML'],
    ['trinitas.config.yaml', 'server: {port: 1}\nserver: {port: 2}', 'is not valid YAML'],
    ['trinitas.config.json', '[1]', 'must hold a mapping'],
  ])('file %s with %s is named', (name, content, message) => {
    file(name, content);
    expect(problemsOf(() => load())[0]).toMatch(new RegExp(`^: ${name}: ${message}`));
  });

  it('file that does not exist is named', () => {
    expect(problemsOf(() => load({ file: 'missing.yaml' }))[0]).toContain(
      'missing.yaml: cannot be read',
    );
  });

  it('choice between two default files is left to the user', () => {
    file('trinitas.config.json', {});
    file('trinitas.config.yaml', '');
    expect(problemsOf(() => load())).toEqual([
      ': trinitas.config.json and trinitas.config.yaml both exist',
    ]);
  });
});
