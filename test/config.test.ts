import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigSources, loadConfig } from '../src/config.ts';
import { ValidationError } from '../src/engine/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const load = (sources: ConfigSources = {}) =>
  loadConfig({ environment: {}, directory, ...sources });

const file = (name: string, content: unknown): void =>
  writeFileSync(
    join(directory, name),
    typeof content === 'string' ? content : JSON.stringify(content),
  );

const flag = (path: string, value: unknown) => ({
  path: path.split('.'),
  value,
  origin: `--${path.split('.').at(-1)}`,
});

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  }
  throw new Error('the configuration was accepted');
}

describe('a configuration', () => {
  it('needs nothing: every key has its default', () => {
    const config = load();
    expect(config.memory).toMatchObject({
      backend: 'sqlite',
      ...{ sqlite_path: './trinitas.db', replica: false },
      synchronous: 'FULL',
      ballast_bytes: 268_435_456,
    });
    expect(config.history).toEqual({ retention_days: 90, keep_changes: 1_000_000 });
    expect(config.backup).toEqual({ keep: 7 });
    expect(config.performance).toEqual({ window: 10 });
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 4000,
      corsOrigins: [],
      graphiql: true,
      introspection: true,
      limits: {
        bodyBytes: 2_097_152,
        depth: 16,
        cost: 20_000,
        aliases: 120,
        directives: 50,
        tokens: 10_000,
        batch: 10,
        subscriptionsPerClient: 100,
        requestWaitMs: 500,
        wsInitTimeoutMs: 10_000,
        transactionTimeoutMs: 60_000,
        transactionIdleTimeoutMs: 10_000,
      },
      shutdownGraceMs: 10_000,
      logLevel: 'info',
      metrics: true,
      tracing: null,
    });
  });

  it('is frozen to the bottom', () => {
    const config = load({ flags: [flag('server.cors', ['https://a.example'])] });
    for (const part of [
      config,
      ...Object.values(config),
      ...Object.values(config.server).filter((part) => typeof part === 'object'),
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('takes the v4 structure as it is', () => {
    file('trinitas.config.json', {
      memory: {
        backend: 'hybrid',
        sqlite_path: './trinitas_async.db',
        max_connections: 15,
        connection_timeout: 5.0,
        transaction_timeout: 300.0,
        redis_url: 'redis://localhost:6379',
        chromadb_path: './chroma',
        cache_size: 2000,
        batch_size: 100,
        optimize_queries: true,
        enable_metrics: true,
        retry_attempts: 3,
        retry_backoff: 1.5,
        health_check_interval: 30,
      },
    });
    expect(load().memory).toMatchObject({
      backend: 'hybrid',
      max_connections: 15,
      redis_url: 'redis://localhost:6379',
    });
  });

  it('turns seconds into milliseconds', () => {
    const flags = [flag('server.shutdown_grace', 1.5), flag('server.limits.ws_init_timeout', 2)];
    const { server } = load({ flags });
    expect(server.shutdownGraceMs).toBe(1500);
    expect(server.limits.wsInitTimeoutMs).toBe(2000);
  });

  it('never lets a transaction over the network take longer than any transaction may', () => {
    const { server } = load({
      flags: [
        flag('memory.transaction_timeout', 2.5),
        flag('server.limits.transaction_idle_timeout', 1),
      ],
    });
    expect(server.limits.transactionTimeoutMs).toBe(2500);
    expect(server.limits.transactionIdleTimeoutMs).toBe(1000);
  });
});

describe('sources', () => {
  it('override each other: file, then environment, then flags', () => {
    file('trinitas.config.yaml', 'server:\n  host: file\n  port: 1\n  log_level: warn\n');
    const environment = { TRINITAS_SERVER__PORT: '2', TRINITAS_SERVER__LOG_LEVEL: 'error' };
    const { server } = load({ environment, flags: [flag('server.log_level', 'debug')] });
    expect([server.host, server.port, server.logLevel]).toEqual(['file', 2, 'debug']);
  });

  it.each([
    ['trinitas.config.json', '{"server":{"port":1}}'],
    ['trinitas.config.yaml', 'server:\n  port: 1\nmemory:\n'],
    ['trinitas.config.yml', 'server: {port: 1} # short'],
  ])('find %s in the working directory', (name, content) => {
    file(name, content);
    expect(load().server.port).toBe(1);
  });

  it('prefer the named file, and the flag to the variable', () => {
    file('trinitas.config.json', { server: { port: 1 } });
    file('two.yaml', 'server: {port: 2}');
    file('three.json', { server: { port: 3 } });
    expect(load({ environment: { TRINITAS_CONFIG: 'two.yaml' } }).server.port).toBe(2);
    expect(
      load({ environment: { TRINITAS_CONFIG: 'two.yaml' }, file: 'three.json' }).server.port,
    ).toBe(3);
  });

  it('may be an empty file', () => {
    file('trinitas.config.yaml', '# nothing yet\n');
    expect(load().server.port).toBe(4000);
  });

  it.each<[string, string, (config: ReturnType<typeof load>) => unknown, unknown]>([
    ['TRINITAS_MEMORY__SQLITE_PATH', '123', (config) => config.memory.sqlite_path, '123'],
    ['TRINITAS_MEMORY__CACHE_SIZE', '7', (config) => config.memory.cache_size, 7],
    ['TRINITAS_MEMORY__RETRY_BACKOFF', '2.5', (config) => config.memory.retry_backoff, 2.5],
    ['TRINITAS_MEMORY__ENABLE_METRICS', 'false', (config) => config.memory.enable_metrics, false],
    ['TRINITAS_MEMORY__OPTIMIZE_QUERIES', '0', (config) => config.memory.optimize_queries, false],
    ['TRINITAS_MEMORY__REDIS_URL', 'redis://x', (config) => config.memory.redis_url, 'redis://x'],
    ['TRINITAS_SERVER__LIMITS__DEPTH', '9', (config) => config.server.limits.depth, 9],
    ['TRINITAS_SERVER__GRAPHIQL', '1', (config) => config.server.graphiql, true],
    [
      'TRINITAS_SERVER__CORS',
      'https://a.example, http://b.example:8080,',
      (config) => config.server.corsOrigins,
      ['https://a.example', 'http://b.example:8080'],
    ],
    ['TRINITAS_SERVER__CORS', '', (config) => config.server.corsOrigins, []],
  ])('read %s=%s by the type of its key', (name, text, pick, expected) => {
    expect(pick(load({ environment: { [name]: text } }))).toEqual(expected);
  });

  it('serve metrics on loopback, and elsewhere only when told', () => {
    expect(load({ flags: [flag('server.host', '10.0.0.1')] }).server.metrics).toBe(false);
    const told = [flag('server.host', '10.0.0.1'), flag('server.metrics', true)];
    expect(load({ flags: told }).server.metrics).toBe(true);
    expect(load({ flags: [flag('server.metrics', false)] }).server.metrics).toBe(false);
  });

  it('trace only with an address', () => {
    expect(load({ flags: [flag('server.tracing.sample_ratio', 0.1)] }).server.tracing).toBeNull();
    const environment = { TRINITAS_SERVER__TRACING__OTLP_URL: 'http://127.0.0.1:4318/v1/traces' };
    expect(load({ environment }).server.tracing).toEqual({
      otlpUrl: 'http://127.0.0.1:4318/v1/traces',
      serviceName: 'trinitas',
      sampleRatio: 1,
    });
  });

  it('pass over variables of others', () => {
    expect(load({ environment: { PATH: '/bin', TRINITASX: '1', PORT: '1' } }).server.port).toBe(
      4000,
    );
  });
});

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
