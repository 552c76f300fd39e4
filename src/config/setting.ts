/** One configured value and where it came from; later settings override earlier ones. */
export interface Setting {
  /** As `['server', 'limits', 'depth']`. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** For messages: `trinitas.config.yaml`, `TRINITAS_SERVER__PORT` or `--port`. */
  readonly origin: string;
}
