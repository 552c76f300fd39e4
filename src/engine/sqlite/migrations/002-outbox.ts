/**
 * What Redis and Chroma still have to be told, and which of Chroma's records are live (engine.md section 3). The outbox is part of the
 * commit that makes it necessary, so nothing is forgotten when the process ends between two steps.
 */
export const outboxSchema = `
-- Names this database to caches and vector stores; unlike epoch it survives a restore.
ALTER TABLE engine_meta ADD COLUMN store_id TEXT NOT NULL DEFAULT '';
UPDATE engine_meta SET store_id = lower(hex(randomblob(8)));

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL CHECK (target IN ('redis', 'chroma')),
  op TEXT NOT NULL CHECK (op IN ('promote', 'put', 'remove')),
  csn INTEGER NOT NULL,                -- commit that asked for it
  txid TEXT,                           -- promote: whose fence it takes away
  namespace TEXT NOT NULL,
  section TEXT,                        -- put and remove: of the collection
  memory_id INTEGER,                   -- put: whose vector
  names TEXT                           -- promote: JSON list of keys; remove: id of the record
) STRICT;
-- One open put for a memory: it takes whatever is newest when its turn comes.
CREATE UNIQUE INDEX outbox_put ON outbox (memory_id) WHERE op = 'put';
CREATE INDEX outbox_put_namespace ON outbox (namespace, section) WHERE op = 'put';
CREATE INDEX outbox_put_commit ON outbox (csn) WHERE op = 'put';

-- The live record of a memory in the vector store; any other record of that store is garbage that readers skip.
CREATE TABLE published_vectors (
  memory_id INTEGER PRIMARY KEY,
  record TEXT NOT NULL UNIQUE,
  namespace TEXT NOT NULL,
  section TEXT NOT NULL,
  embedder_id INTEGER NOT NULL,
  text_crc INTEGER NOT NULL
) STRICT;
`;
