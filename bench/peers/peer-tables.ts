import { formatNumber, type Table } from '../table.ts';
import type { Kind } from './peer-plan.ts';
import { type PeerRecord, pooled, ratePerSecond, shareFound } from './peer-record.ts';
import { CALLERS } from './peer-rounds.ts';

/** What stores and what recalls, of one size. */
export function peerTables(records: readonly PeerRecord[]): readonly Table[] {
  const measured = records.filter(({ read }) => read.length > 0);
  const memories = (records[0]?.memories ?? 0).toLocaleString('en-US');
  return [
    {
      title: `Peers, stores, ${memories} memories`,
      columns: [
        'memory',
        'stores/s',
        'p50 ms',
        'p99 ms',
        `stores/s, ${CALLERS} callers`,
        'missing',
        'fsyncs a store',
        'resident MB',
        'files MB',
      ],
      rows: measured.map(storeRow),
      notes: records.flatMap(({ name, failure }) =>
        failure === null ? [] : [`Not (wholly) measured: ${name}: ${failure}.`],
      ),
    },
    {
      title: `Peers, recall and reads by key, one caller, ${memories} memories (ms)`,
      columns: ['memory', ...recallColumns('project'), ...recallColumns('question'), 'read p50'],
      rows: measured.map((record) => [
        record.name,
        ...recallCells(record, 'project'),
        ...recallCells(record, 'question'),
        formatNumber(pooled(record.read).p50),
      ]),
      notes: [],
    },
  ];
}

/** One line for each peer that could be opened. */
export function configurations(records: readonly PeerRecord[]): readonly string[] {
  return records
    .filter(({ configured }) => configured !== '')
    .map(({ name, configured }) => `${name}: ${configured}.`);
}

function storeRow(record: PeerRecord): readonly string[] {
  const { p50, p99 } = pooled(record.stores);
  const figures = [ratePerSecond(record.stores), p50, p99, ratePerSecond(record.concurrentStores)];
  return [
    record.name,
    ...figures.map(formatNumber),
    `${record.missing.toLocaleString('en-US')} of ${record.checked.toLocaleString('en-US')}`,
    ...[record.syncsPerStore, record.residentBytes / 1e6, record.fileBytes / 1e6].map(formatNumber),
  ];
}

function recallColumns(kind: Kind): readonly string[] {
  return [`${kind} p50`, 'p95', 'p99', 'found'];
}

function recallCells(record: PeerRecord, kind: Kind): readonly string[] {
  const { p50, p95, p99 } = pooled(record[kind]);
  return [...[p50, p95, p99].map(formatNumber), `${Math.round(shareFound(record, kind) * 100)} %`];
}
