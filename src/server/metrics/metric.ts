import type { Health, LatencySummary, Statistics, Status } from '../../engine/index.ts';
import type { RequestFigures } from '../../resolvers/request-figures.ts';

/** What the engine tells when it answers in time. */
export interface EngineFigures {
  readonly statistics: Statistics;
  /** Of the namespace `default`. */
  readonly status: Status;
}

/** Everything one scrape looks at. */
export interface Figures {
  readonly health: Health;
  /** null when the engine did not answer in time; its metrics are then left out. */
  readonly engine: EngineFigures | null;
  readonly requests: RequestFigures;
}

export type Labels = Readonly<Record<string, string>>;
export type NumberSample = readonly [Labels, number];
export type LatencySample = readonly [Labels, LatencySummary];

interface MetricName {
  /** With its unit at the end; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}
export interface NumberMetric extends MetricName {
  readonly kind: 'gauge' | 'counter';
  readonly read: (figures: Figures) => readonly NumberSample[];
}
/** Quantiles in seconds. */
export interface LatencyMetric extends MetricName {
  readonly kind: 'latency';
  readonly read: (figures: Figures) => readonly LatencySample[];
}
/** One metric: what it is called, what it means, and how it is read off the figures of a scrape. */
export type Metric = NumberMetric | LatencyMetric;

type Read<T> = (engine: EngineFigures) => T;
/** One value per labelled thing: an operation, a pool, a state. */
type Each<T> = Read<readonly (readonly [name: string, value: T])[]>;

/** A value that can go up and down; with a label, one for each of its values. */
export function gauge(name: string, help: string, read: Read<number>): Metric;
export function gauge(name: string, help: string, read: Each<number>, label: string): Metric;
export function gauge(
  name: string,
  help: string,
  read: Read<number> | Each<number>,
  label?: string,
): Metric {
  return { kind: 'gauge', name, help, labels: labelNames(label), read: labelled(read, label) };
}

/** A value that only grows, from the start of the engine on. */
export function counter(name: string, help: string, read: Read<number>): Metric;
export function counter(name: string, help: string, read: Each<number>, label: string): Metric;
export function counter(
  name: string,
  help: string,
  read: Read<number> | Each<number>,
  label?: string,
): Metric {
  return { kind: 'counter', name, help, labels: labelNames(label), read: labelled(read, label) };
}

/** Durations since the start of the engine. */
export function latency(name: string, help: string, read: Read<LatencySummary>): Metric;
export function latency(
  name: string,
  help: string,
  read: Each<LatencySummary>,
  label: string,
): Metric;
export function latency(
  name: string,
  help: string,
  read: Read<LatencySummary> | Each<LatencySummary>,
  label?: string,
): Metric {
  return { kind: 'latency', name, help, labels: labelNames(label), read: labelled(read, label) };
}

function labelNames(label: string | undefined): readonly string[] {
  return label === undefined ? [] : [label];
}

function labelled<T>(
  read: Read<T> | Each<T>,
  label: string | undefined,
): (figures: Figures) => readonly (readonly [Labels, T])[] {
  return ({ engine }) => {
    if (engine === null) return [];
    if (label === undefined) return [[{}, (read as Read<T>)(engine)]];
    return (read as Each<T>)(engine).map(([name, value]) => [{ [label]: name }, value]);
  };
}
