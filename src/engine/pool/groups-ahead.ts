/** Groups in the thread: the second one keeps it busy while the callers of the first are answered and call again. */
const MAX_GROUPS_UNDER_WAY = 2;
/**
 * Units that a second group needs, since it pays a flush of its own. At 64 even a flush of 5 ms costs less than the thread would
 * lose by waiting (0.1 ms of work for a unit there, 0.04 ms here).
 */
const MIN_UNITS_AHEAD = 64;

/** Whether so many queued units are sent while so many groups are under way. */
export function maySend(groups: number, queued: number): boolean {
  if (groups === 0) return queued > 0;
  return groups < MAX_GROUPS_UNDER_WAY && queued >= MIN_UNITS_AHEAD;
}

/** How many units the next group takes at most: half of all that are open, when that is enough for a group. */
export function shareOf(open: number): number {
  const half = Math.ceil(open / MAX_GROUPS_UNDER_WAY);
  return half < MIN_UNITS_AHEAD ? open : half;
}
