export const TRANSACTION_HEADER = 'x-trinitas-transaction';

/**
 * The open transaction that an operation asks to run in. What stands in the operation itself is nearer than the header,
 * which in a batch is common to all. Anything that is not a string is passed on as one, and found to be no id.
 */
export function transactionIdOf(
  extensions: Readonly<Record<string, unknown>> | null | undefined,
  headers: { get(name: string): string | null } | undefined,
): string | null {
  const id = extensions?.['transaction'] ?? extensions?.[TRANSACTION_HEADER] ?? null;
  return id === null ? (headers?.get(TRANSACTION_HEADER) ?? null) : String(id);
}
