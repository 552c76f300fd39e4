import type { IsolationLevel } from '../../src/engine/index.ts';
import type { CodedError, HistoryDriver, HistorySession } from './driver.ts';
import type { History, Seen, Step } from './history.ts';
import type { Variant } from './variants.ts';

export interface HistoryRun {
  readonly seen: Seen;
  /** Commits that were made together and are proven to have shared a group. */
  readonly sharedGroups: number;
}

/** Plays a history step by step at a level; every step waits for the one before, except commits made together. */
export async function runHistory(
  driver: HistoryDriver,
  history: History,
  level: IsolationLevel,
  variant: Variant,
): Promise<HistoryRun> {
  await driver.reset(history.start);
  const player = new Player(driver, level);
  const steps = [...variant.steps(history)];
  while (steps.length > 0) {
    const commits = variant.together ? steps.findIndex(({ does }) => does !== 'commit') : 0;
    const count = commits === -1 ? steps.length : commits;
    if (count > 1) await player.commitTogether(steps.splice(0, count));
    else await player.play(steps.splice(0, 1));
  }
  return player.result();
}

class Player {
  readonly #driver: HistoryDriver;
  readonly #level: IsolationLevel;
  readonly #sessions = new Map<string, HistorySession>();
  readonly #reads: Record<string, Seen['reads'][string]> = {};
  readonly #ended: Record<string, string> = {};
  #sharedGroups = 0;

  constructor(driver: HistoryDriver, level: IsolationLevel) {
    this.#driver = driver;
    this.#level = level;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      // A transaction that was refused has no steps left to play.
      if (this.#ended[step.by] !== undefined) continue;
      try {
        await this.#step(step);
      } catch (error) {
        this.#ended[step.by] = codeOf(error);
      }
    }
  }

  async commitTogether(steps: readonly Step[]): Promise<void> {
    const names = steps.map(({ by }) => by).filter((by) => this.#ended[by] === undefined);
    const sessions = names.map((name) => this.#session(name));
    const { errors, sharedGroup } = await this.#driver.commitTogether(sessions);
    for (const [index, name] of names.entries())
      this.#ended[name] = errors[index]?.code ?? 'committed';
    if (sharedGroup) this.#sharedGroups += 1;
  }

  async result(): Promise<HistoryRun> {
    const final = await this.#driver.content();
    return {
      seen: { reads: this.#reads, ended: this.#ended, final },
      sharedGroups: this.#sharedGroups,
    };
  }

  async #step(step: Step): Promise<void> {
    if (step.does === 'begin') {
      this.#sessions.set(step.by, await this.#driver.begin(this.#level));
      return;
    }
    const session = this.#session(step.by);
    switch (step.does) {
      case 'read':
        this.#reads[step.as] = await session.read(step.key);
        break;
      case 'list':
        this.#reads[step.as] = await session.list(step.where);
        break;
      case 'write':
        await session.write(step.key, step.value);
        break;
      case 'increment':
        await session.increment(step.key, step.amount);
        break;
      case 'incrementAll':
        for (const key of Object.keys(await session.list(step.where)))
          await session.increment(key, step.amount);
        break;
      case 'delete':
        await session.delete(step.key);
        break;
      case 'deleteAll':
        for (const key of Object.keys(await session.list(step.where))) await session.delete(key);
        break;
      case 'spoil':
        await session.savepoint('before');
        await session.write(step.key, 999);
        await session.rollbackTo('before');
        break;
      case 'commit':
        await session.commit();
        this.#ended[step.by] = 'committed';
        break;
      case 'abort':
        await session.abort();
        this.#ended[step.by] = 'aborted';
        break;
    }
  }

  #session(name: string): HistorySession {
    const session = this.#sessions.get(name);
    if (session === undefined) throw new Error(`transaction ${name} has not begun`);
    return session;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String((error as Error & CodedError).code);
  throw error;
}
