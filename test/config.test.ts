import { describe, expect, it } from 'vitest';
import { flag, useConfigFolder } from './support/config-folder.ts';

const { load, file } = useConfigFolder();

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
