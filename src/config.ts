import { z } from 'zod';
import { type MergedSettings, mergeSettings } from './config/merge-settings.ts';
import { readConfigFile } from './config/read-config-file.ts';
import { CONFIG_FILE_VARIABLE, readEnvironment } from './config/read-environment.ts';
import { serverConfigSchema, toServerConfig } from './config/server-schema.ts';
import type { Setting } from './config/setting.ts';
import {
  type EngineConfig,
  engineConfigSchema,
  ValidationError,
  type ValidationIssue,
} from './engine/index.ts';
import type { ServerConfig } from './server/server-config.ts';

/** Everything a process of Trinitas is told from outside; frozen. */
export interface Config {
  readonly memory: EngineConfig['memory'];
  readonly history: EngineConfig['history'];
  readonly backup: EngineConfig['backup'];
  readonly performance: EngineConfig['performance'];
  readonly server: ServerConfig;
}

export interface ConfigSources {
  /** Values of command line flags, the strongest source. */
  readonly flags?: readonly Setting[] | undefined;
  /** A file named by the caller; otherwise TRINITAS_CONFIG, otherwise `trinitas.config.json|yaml|yml` in `directory`. */
  readonly file?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Default: the working directory. */
  readonly directory?: string | undefined;
}

const configSchema = z.strictObject({ ...engineConfigSchema.shape, server: serverConfigSchema });

/**
 * Reads the configuration file, then TRINITAS_ variables over it, then flags over both.
 * Throws one ValidationError that names every bad key and where its value came from; values are never shown, they may be secrets.
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const { flags = [], environment = process.env, directory = process.cwd() } = sources;
  const merged = mergeSettings([
    ...readConfigFile(directory, sources.file ?? environment[CONFIG_FILE_VARIABLE]),
    ...readEnvironment(environment, configSchema),
    ...flags,
  ]);
  const parsed = configSchema.safeParse(merged.tree);
  if (!parsed.success) {
    throw new ValidationError(
      parsed.error.issues.flatMap((issue) => toIssues(issue, merged)),
      { remedy: 'Correct the named keys of the configuration.' },
    );
  }
  const { memory, history, backup, performance, server } = parsed.data;
  return freeze({
    memory,
    history,
    backup,
    performance,
    server: toServerConfig(server, memory.transaction_timeout),
  });
}

function toIssues(issue: z.core.$ZodIssue, merged: MergedSettings): ValidationIssue[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => describe([...path, key], 'is not a known key', merged));
  }
  return [describe(path, issue.message, merged)];
}

function describe(
  path: readonly string[],
  message: string,
  merged: MergedSettings,
): ValidationIssue {
  const origin = merged.originOf(path);
  return { path, message: origin === null ? message : `${message} (from ${origin})` };
}

function freeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) freeze(child);
  }
  return Object.freeze(value);
}
