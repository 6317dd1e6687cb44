/** What is known of a type of process beside its name. */
export interface ProcessKind {
  readonly oracle?: string;
  readonly purpose: string;
  /** Where it stands in the tree and on the timeline. */
  readonly rank: number;
}

const KINDS: Readonly<Record<string, ProcessKind>> = {
  postmaster: { rank: 0, purpose: 'accepts connections, forks and supervises all others' },
  startup: { rank: 1, purpose: 'repeats the WAL after a crash' },
  checkpointer: { rank: 2, oracle: 'CKPT', purpose: 'writes all dirty buffers from time to time' },
  'background writer': { rank: 3, oracle: 'DBWR', purpose: 'writes dirty buffers ahead of need' },
  walwriter: { rank: 4, oracle: 'LGWR', purpose: 'flushes WAL in the background' },
  'autovacuum launcher': {
    rank: 5,
    oracle: 'SMON',
    purpose: 'decides which tables need VACUUM or ANALYZE',
  },
  'statistics collector': {
    rank: 6,
    oracle: 'AWR / statistics views',
    purpose: 'reports the cumulative statistics',
  },
  archiver: { rank: 7, oracle: 'ARCH', purpose: 'copies finished WAL segments to the archive' },
  'logical replication launcher': {
    rank: 8,
    oracle: 'Streams / GoldenGate (APPLY, PROPAGATE)',
    purpose: 'starts the apply workers of subscriptions',
  },
  'autovacuum worker': { rank: 9, purpose: 'vacuums and analyzes tables' },
  'client backend': { rank: 10, purpose: 'serves one client connection' },
};

export const kindOf = (processType: string): ProcessKind =>
  KINDS[processType] ?? { rank: 11, purpose: '' };
