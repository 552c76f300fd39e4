import { LINK_KINDS } from '../../model/link.ts';
import { SECTIONS } from '../../model/section.ts';
import { FULL_TEXT_COLUMNS } from '../../search/text-query.ts';

const SECTION_LIST = SECTIONS.map((section) => `'${section}'`).join(', ');
const LINK_KIND_LIST = LINK_KINDS.map((kind) => `'${kind}'`).join(', ');

export const FULL_TEXT_TOKENIZER = 'porter unicode61 remove_diacritics 2';

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
  embedder_id INTEGER,                 -- model of new vectors; NULL = none
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
CREATE INDEX memories_ranking ON memories (id, namespace, importance, updated_at, expires_at, persona_id);
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

-- Derived from metadata.conversation and metadata.position (conversation-turns.ts): whose neighbours lend each other context.
CREATE TABLE conversation_turns (
  memory_id INTEGER PRIMARY KEY REFERENCES memories (id) ON DELETE CASCADE,
  namespace TEXT NOT NULL,
  conversation TEXT NOT NULL,
  position REAL NOT NULL
) STRICT;
CREATE INDEX conversation_order ON conversation_turns (namespace, conversation, position, memory_id);

-- Models whose vectors the file holds: the one in use (engine_meta.embedder_id) and those whose vectors are not replaced yet.
CREATE TABLE embedders (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL UNIQUE,
  dimension INTEGER,                   -- NULL until its first vector
  complete INTEGER NOT NULL,           -- 1: every memory was offered to it, so that no other model needs to serve
  settings TEXT NOT NULL CHECK (json_valid(settings)), -- opens the embedder again; holds no secrets
  created_at INTEGER NOT NULL
) STRICT;

-- One vector for each memory, the truth behind vector_codes; also the outbox of slow embedders. No row = nothing to embed.
CREATE TABLE embeddings (
  memory_id INTEGER PRIMARY KEY REFERENCES memories (id) ON DELETE CASCADE,
  embedder_id INTEGER NOT NULL REFERENCES embedders (id),
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'READY', 'FAILED')),
  text_crc INTEGER NOT NULL,           -- CRC-32 of the text that was or is to be embedded
  attempts INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,           -- Unix ms; not to be tried before
  crc INTEGER,
  scale REAL,
  error TEXT,
  vector BLOB,                         -- signed bytes × scale = unit length (vectors/quantised-vector.ts)
  CHECK ((state = 'READY') = (vector IS NOT NULL))
) STRICT;
CREATE INDEX embeddings_waiting ON embeddings (state, retry_at, memory_id) WHERE state <> 'READY';

-- Derived from embeddings: sign bits by namespace, 256 neighbouring ids in a row (vectors/code-block.ts).
CREATE TABLE vector_codes (
  embedder_id INTEGER NOT NULL REFERENCES embedders (id),
  namespace TEXT NOT NULL,
  block INTEGER NOT NULL,
  changed INTEGER NOT NULL,            -- grows with every commit that writes blocks: who has read this one need not read it again
  count INTEGER NOT NULL,
  codes BLOB NOT NULL,
  UNIQUE (embedder_id, namespace, block)
) STRICT;
CREATE INDEX vector_codes_changed ON vector_codes (embedder_id, namespace, block, changed);

-- Links between two memories of one namespace. A symmetric kind is stored once, from the smaller id to the larger.
CREATE TABLE memory_links (
  source_id INTEGER NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN (${LINK_KIND_LIST})),
  target_id INTEGER NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  namespace TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  csn INTEGER NOT NULL,
  PRIMARY KEY (source_id, kind, target_id),
  CHECK (source_id <> target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memory_links_target ON memory_links (target_id, kind);
-- Tells at once whether a namespace has any superseded memory.
CREATE INDEX memory_links_superseded ON memory_links (namespace, target_id) WHERE kind = 'supersedes';

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
  tokenize = '${FULL_TEXT_TOKENIZER}'
);
`;
