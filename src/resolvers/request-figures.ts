/** Requests over HTTP before they begin. */
export interface RequestFigures {
  /** Accepted and not begun. */
  readonly waiting: number;
  /** Refused since the start, because they would have waited too long. */
  readonly refused: number;
}
