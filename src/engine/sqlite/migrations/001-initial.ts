import { FULL_TEXT_COLUMNS } from '../../search/text-query.ts';
import { SECTIONS } from '../../types.ts';

const SECTION_LIST = SECTIONS.map((section) => `'${section}'`).join(', ');

/**
 * First schema. Every table is STRICT; the namespace is part of every user-visible key; large columns stand last,
 * so that the small ones are read without following overflow pages.
 */
export const initialSchema = `
CREATE TABLE engine_meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,                 -- history of the change log; changes on restore, so foreign cursors are refused
  incarnation INTEGER NOT NULL,        -- +1 with every start of a writer
  cache_epoch INTEGER NOT NULL,        -- prefix of external caches
  csn INTEGER NOT NULL,                -- commit sequence number, one per unit of work
  change_seq INTEGER NOT NULL,         -- newest entry of the change log
  trimmed_at INTEGER,                  -- latest time among the entries that the log has lost; NULL = it has lost none
  last_memory_id INTEGER NOT NULL,     -- ids are never reused
  clean_shutdown INTEGER NOT NULL,     -- 0 while a writer is open
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE personas (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (namespace, name)
) STRICT;

CREATE TABLE memories (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  section TEXT NOT NULL CHECK (section IN (${SECTION_LIST})),
  persona_id INTEGER REFERENCES personas (id),
  importance REAL NOT NULL CHECK (importance BETWEEN 0 AND 1),
  version INTEGER NOT NULL CHECK (version > 0),
  csn INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER,
  crc INTEGER NOT NULL,
  tags TEXT NOT NULL CHECK (json_valid(tags)),
  metadata TEXT NOT NULL CHECK (json_valid(metadata)),
  value TEXT NOT NULL CHECK (json_valid(value)),
  UNIQUE (namespace, key)
) STRICT;
CREATE INDEX memories_section ON memories (namespace, section, created_at);
CREATE INDEX memories_created ON memories (namespace, created_at);
CREATE INDEX memories_persona ON memories (persona_id, section, created_at) WHERE persona_id IS NOT NULL;
-- All that ranking a text match needs, without the pages of the values.
CREATE INDEX memories_ranking ON memories (id, namespace, importance, updated_at, expires_at);
CREATE INDEX memories_expiry ON memories (expires_at) WHERE expires_at IS NOT NULL;

-- Index of memories.tags, which is the truth.
CREATE TABLE memory_tags (
  memory_id INTEGER NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (memory_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX memory_tags_tag ON memory_tags (tag, memory_id);

-- Apart from memories, so that counting an access never rewrites a value of a megabyte. No row = never accessed.
CREATE TABLE memory_access (
  memory_id INTEGER PRIMARY KEY REFERENCES memories (id) ON DELETE CASCADE,
  accessed_at INTEGER NOT NULL,
  access_count INTEGER NOT NULL
) STRICT;

-- The change log: memories as they were after the change, for a deletion as they were before. A negative seq is the version that a
-- memory had before the oldest entry of a trimmed log (history-trim.ts).
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,
  csn INTEGER NOT NULL,
  txid TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('created', 'updated', 'deleted')),
  at INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  memory_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  section TEXT NOT NULL,
  persona TEXT,
  importance REAL NOT NULL,
  version INTEGER NOT NULL,
  record_csn INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER,
  accessed_at INTEGER NOT NULL,
  access_count INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  tags TEXT NOT NULL,
  metadata TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
-- Entries of one memory in their order. Ids grow, so new ones are added at the end; an index by key would touch a page of its own for
-- nearly every store (256 stores in one commit: 509 pages written with it, 338 without).
CREATE INDEX changes_memory ON changes (memory_id);
-- The earlier memories of a key: the current one is found in memories.
CREATE INDEX changes_deleted ON changes (namespace, key) WHERE kind = 'deleted';

-- Outcome of every unit of work, for whoever lost the answer.
CREATE TABLE tx_log (
  txid TEXT PRIMARY KEY,
  csn INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('COMMITTED', 'DONE')),
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  csn INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  outcomes TEXT NOT NULL,
  UNIQUE (namespace, key)
) STRICT;
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

-- Derived from memories, rowid = memories.id; the tokens are made in JS (search/text-normalize.ts).
CREATE VIRTUAL TABLE memories_text USING fts5 (
  ${FULL_TEXT_COLUMNS.join(', ')},
  content = '', contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);
`;
