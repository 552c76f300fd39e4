/** Whether the same HTTP request may work later: overload and faults of the server pass, a wrong request stays wrong. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
