/*
 * The operations of all load scripts. Constant texts with variables, as clients should send them, so that the server
 * parses and validates each once.
 */

/** A tag of the measurements and the text. `answer` is the member of the union that means success; null for plain queries. */
export interface Operation {
  readonly name: string;
  readonly document: string;
  /** The root field. */
  readonly field: string;
  readonly answer: string | null;
}

export const STORE: Operation = {
  name: 'store',
  field: 'storeMemory',
  answer: 'WritePayload',
  document: `mutation Store($input: StoreMemoryInput!) {
    storeMemory(input: $input) {
      __typename
      ... on WritePayload { created memory { id key version } }
      ... on Error { code message }
    }
  }`,
};

export const STORE_MANY: Operation = {
  name: 'storeMany',
  field: 'storeMemories',
  answer: 'StoreMemoriesPayload',
  document: `mutation StoreMany($input: StoreMemoriesInput!) {
    storeMemories(input: $input) {
      __typename
      ... on StoreMemoriesPayload { stored failed cursor }
      ... on Error { code message }
    }
  }`,
};

export const UPDATE: Operation = {
  name: 'update',
  field: 'updateMemory',
  answer: 'WritePayload',
  document: `mutation Update($input: UpdateMemoryInput!) {
    updateMemory(input: $input) {
      __typename
      ... on WritePayload { memory { version } }
      ... on Error { code message }
    }
  }`,
};

export const INCREMENT: Operation = {
  name: 'increment',
  field: 'incrementMemory',
  answer: 'WritePayload',
  document: `mutation Increment($input: IncrementMemoryInput!) {
    incrementMemory(input: $input) {
      __typename
      ... on WritePayload { memory { version } }
      ... on Error { code message }
    }
  }`,
};

export const GET: Operation = {
  name: 'get',
  field: 'memory',
  answer: null,
  document: `query Get($key: String!) {
    memory(by: { key: $key }) { id key value metadata section persona importance version }
  }`,
};

export const LIST: Operation = {
  name: 'list',
  field: 'memories',
  answer: null,
  document: `query List($where: MemoryWhere, $first: Int!) {
    memories(where: $where, first: $first) {
      totalCount
      nodes { id key value section persona importance tags version }
    }
  }`,
};

export const RECALL: Operation = {
  name: 'recall',
  field: 'recall',
  answer: null,
  document: `query Recall($query: String!, $first: Int!) {
    recall(query: $query, first: $first) {
      servedMode
      edges { score node { key value importance } }
    }
  }`,
};

export const CONTEXT: Operation = {
  name: 'context',
  field: 'context',
  answer: null,
  document: `query Context($persona: String!, $task: String!) {
    context(persona: $persona, task: $task) {
      working { score node { key value } }
      semantic { score node { key value } }
      episodes { key value }
    }
  }`,
};

export const TRANSACT: Operation = {
  name: 'transact',
  field: 'transact',
  answer: 'TransactPayload',
  document: `mutation Transact($input: TransactInput!) {
    transact(input: $input) {
      __typename
      ... on TransactPayload { cursor steps { index } }
      ... on Error { code message }
    }
  }`,
};

export const BEGIN: Operation = {
  name: 'begin',
  field: 'beginTransaction',
  answer: 'BeginTransactionPayload',
  document: `mutation Begin($input: BeginTransactionInput!) {
    beginTransaction(input: $input) {
      __typename
      ... on BeginTransactionPayload { transaction { id } }
      ... on Error { code message }
    }
  }`,
};

export const COMMIT: Operation = {
  name: 'commit',
  field: 'commitTransaction',
  answer: 'CommitTransactionPayload',
  document: `mutation Commit($id: ID) {
    commitTransaction(input: { id: $id }) {
      __typename
      ... on CommitTransactionPayload { cursor }
      ... on Error { code message }
    }
  }`,
};

export const HEAD: Operation = {
  name: 'head',
  field: 'status',
  answer: null,
  document: 'query Head { status { headCursor } }',
};

export const STATS: Operation = {
  name: 'stats',
  field: 'stats',
  answer: null,
  document: 'query Stats { stats { residentBytes } }',
};

/** For a WebSocket. */
export const CHANGES = `subscription Changes($after: ChangeCursor, $prefix: String!) {
  memoryChanges(after: $after, where: { key: { startsWith: $prefix } }) {
    __typename
    ... on MemoryChangeBatch { endCursor changes { kind memory { key value } } }
  }
}`;
