/** What is known of a type of process beside its name. */
export interface ProcessKind {
  readonly oracle?: string;
  /** In a line. */
  readonly purpose: string;
  /** What it does, and what its end means, for who meets it for the first time. */
  readonly story: string;
  /** Where it stands in the tree and on the timeline. */
  readonly rank: number;
}

const KINDS: Readonly<Record<string, ProcessKind>> = {
  postmaster: {
    rank: 0,
    oracle: 'PMON and the listener',
    purpose: 'accepts connections, forks and supervises all others',
    story:
      'The parent of all processes. It takes each connection and forks a backend for it. When a child crashes, shared memory may be damaged: it ends all the others, has the WAL replayed and starts anew.',
  },
  startup: {
    rank: 1,
    oracle: 'SMON (recovery)',
    purpose: 'replays the WAL after a crash',
    story:
      'Lives only while the cluster starts. After a crash it reads the WAL from the last checkpoint on and does again what may not have reached the data files.',
  },
  checkpointer: {
    rank: 2,
    oracle: 'CKPT',
    purpose: 'writes all dirty buffers from time to time',
    story:
      'Makes a checkpoint every few minutes: all changed pages reach the data files, so that recovery would begin there. It spreads the writes, so a checkpoint is long and gentle.',
  },
  'background writer': {
    rank: 3,
    oracle: 'DBWR',
    purpose: 'writes dirty buffers ahead of need',
    story: 'Looks ahead of the clock hand and writes changed pages, so that a session that needs a buffer finds a clean one.',
  },
  walwriter: {
    rank: 4,
    oracle: 'LGWR',
    purpose: 'makes commits durable',
    story:
      'Flushes the write-ahead log. Commits that arrive while it flushes share the next flush: one fsync for many of them. Each of its marks is one such group.',
  },
  'autovacuum launcher': {
    rank: 5,
    oracle: 'SMON (cleanup)',
    purpose: 'decides which tables need VACUUM or ANALYZE',
    story: 'Looks at the statistics of the tables and starts a worker where dead rows or changes have piled up.',
  },
  'statistics collector': {
    rank: 6,
    oracle: 'MMON',
    purpose: 'reports the cumulative statistics',
    story: 'Reports every second what was counted. The counter lanes at the top are drawn from its reports.',
  },
  archiver: {
    rank: 7,
    oracle: 'ARCH',
    purpose: 'copies finished WAL segments to the archive',
    story: 'Hands each finished WAL segment to the archive command, and tries again until that succeeds.',
  },
  'logical replication launcher': {
    rank: 8,
    oracle: 'Streams, GoldenGate',
    purpose: 'starts the apply workers of subscriptions',
    story: 'Starts a worker for each subscription, which fetches the changes of another server and applies them.',
  },
  'walsender': {
    rank: 9,
    oracle: 'LNS',
    purpose: 'sends changes to another server',
    story: 'Serves a subscriber or a standby: it reads the WAL and sends what was committed.',
  },
  'autovacuum worker': {
    rank: 10,
    purpose: 'vacuums and analyzes tables',
    story: 'Removes dead rows of one database’s tables and refreshes the statistics of the planner, then ends.',
  },
  'client backend': {
    rank: 11,
    oracle: 'server process',
    purpose: 'serves one client connection',
    story:
      'One for each connection. It parses, plans and runs the statements of its client. If it crashes, every other session is ended too.',
  },
  journal: { rank: 13, purpose: 'the event log itself', story: 'What the log has to say about itself: gaps, repairs.' },
  dashboard: { rank: 14, purpose: 'notes of people', story: 'Notes and marks that people left on the timeline.' },
};

export const kindOf = (processType: string): ProcessKind =>
  KINDS[processType] ?? { rank: 12, purpose: '', story: '' };
