import { fail } from 'k6';
import { Counter } from 'k6/metrics';
import { type Answer, send } from '../client.ts';
import { type RunData, removeAll } from '../data.ts';
import { BEGIN, COMMIT, GET, STORE_MANY, TRANSACT, UPDATE } from '../documents.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';

/*
 * Transfers between accounts: two thirds as a list of steps in one call, which cannot conflict, one third interactively
 * at SERIALIZABLE, reading both balances first. However they interleave, no money comes or goes.
 */

export const options = optionsOf('transactions');
export const handleSummary = summarise('transactions');

const ACCOUNTS = 200;
const FIRST_BALANCE = 1_000;
/** Must stay 0. Infinitely little of it is a failed promise. */
const moneyLost = new Counter('money_lost');

export function setup(): RunData {
  const prefix = `k6_${Date.now().toString(36)}_`;
  const items = Array.from({ length: ACCOUNTS }, (_, index) => ({
    key: accountOf(prefix, index),
    value: { balance: FIRST_BALANCE },
  }));
  const { data, code } = send(STORE_MANY, { input: { items } });
  if (data?.['stored'] !== ACCOUNTS) fail(`setup could not store the accounts: ${code}`);
  return { prefix, memories: ACCOUNTS };
}

export function run({ prefix }: RunData): void {
  const from = Math.floor(Math.random() * ACCOUNTS);
  const to = (from + 1 + Math.floor(Math.random() * (ACCOUNTS - 1))) % ACCOUNTS;
  const amount = 1 + Math.floor(Math.random() * 20);
  const keys = [accountOf(prefix, from), accountOf(prefix, to)] as const;
  if (__ITER % 3 === 0) interactive(...keys, amount);
  else inOneCall(...keys, amount);
}

function inOneCall(from: string, to: string, amount: number): void {
  const move = (key: string, by: number) => ({
    increment: { by: { key }, path: 'balance', amount: by },
  });
  send(TRANSACT, { input: { operations: [move(from, -amount), move(to, amount)] } });
}

/** After a conflict nothing is left to undo; it is not tried again, so that conflicts are counted as they come. */
function interactive(from: string, to: string, amount: number): void {
  const { data } = send(BEGIN, { input: { isolation: 'SERIALIZABLE' } });
  if (data === null) return;
  const { id } = data['transaction'] as { readonly id: string };
  const balances = [from, to].map((key) => balanceOf(send(GET, { key }, id)));
  const update = (key: string, balance: number) =>
    send(UPDATE, { input: { by: { key }, value: { balance } } }, id);
  update(from, (balances[0] ?? Number.NaN) - amount);
  update(to, (balances[1] ?? Number.NaN) + amount);
  send(COMMIT, { id });
}

export function teardown(data: RunData): void {
  let total = 0;
  for (let index = 0; index < ACCOUNTS; index += 1)
    total += balanceOf(send(GET, { key: accountOf(data.prefix, index) }));
  moneyLost.add(total === ACCOUNTS * FIRST_BALANCE ? 0 : 1);
  if (total !== ACCOUNTS * FIRST_BALANCE)
    console.error(`the accounts hold ${total}, not ${ACCOUNTS * FIRST_BALANCE}`);
  removeAll(data);
}

function balanceOf({ data }: Answer): number {
  return (data?.['value'] as { readonly balance: number } | undefined)?.balance ?? Number.NaN;
}

function accountOf(prefix: string, index: number): string {
  return `${prefix}account_${index}`;
}
