import type { RedisOptions } from 'ioredis';

/*
 * The five scripts of the cache. A script that fails keeps its earlier writes, so each looks at its arguments before the first one.
 *
 * Keys come in triples for each memory: `v` the value as a hash {csn, b}; `f` its fences as a sorted set of transaction ids by the
 * server's time at which each ends, so that a fence which nobody takes away ends on time however often others are added; `l` the
 * lease of whoever may fill it. All keys of a store share one hash tag: a cluster keeps them on one node.
 */

const CLOCK = `
local function clock() local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000) end
local function triples(first) return #KEYS >= first + 2 and (#KEYS - first + 1) % 3 == 0 end
local function refuse() return redis.error_reply('ERR trinitas: wrong arguments') end
`;

/** KEYS staged, v1, f1, l1, …; ARGV txid, fenceMs, record ('' = the record is in another part of the same transaction). */
const PREPARE = `${CLOCK}
local ms = tonumber(ARGV[2])
if #ARGV ~= 3 or ARGV[1] == '' or not ms or ms < 1 or not triples(2) then return refuse() end
local till = clock() + ms
for i = 2, #KEYS, 3 do
  redis.call('DEL', KEYS[i], KEYS[i + 2])
  redis.call('ZADD', KEYS[i + 1], till, ARGV[1])
  redis.call('PEXPIRE', KEYS[i + 1], ms)
end
if ARGV[3] ~= '' then redis.call('SET', KEYS[1], ARGV[3], 'PX', ms) end
return 1`;

/** KEYS as PREPARE; ARGV txid. Invalidates only: it never brings a value, so it may come late, twice and in any order. */
const PROMOTE = `${CLOCK}
if #ARGV ~= 1 or ARGV[1] == '' or not triples(2) then return refuse() end
for i = 2, #KEYS, 3 do
  redis.call('ZREM', KEYS[i + 1], ARGV[1])
  redis.call('DEL', KEYS[i], KEYS[i + 2])
end
redis.call('DEL', KEYS[1])
return 1`;

/** KEYS as PREPARE; ARGV txid. The values that PREPARE dropped stay away until somebody fills them. */
const ABORT = `${CLOCK}
if #ARGV ~= 1 or ARGV[1] == '' or not triples(2) then return refuse() end
for i = 2, #KEYS, 3 do redis.call('ZREM', KEYS[i + 1], ARGV[1]) end
redis.call('DEL', KEYS[1])
return 1`;

/**
 * KEYS v1, f1, l1, …; ARGV token, leaseMs. For each memory {0, csn, text} hit, {1} miss and yours to fill, {2} hands off. Its first
 * command is a write: a server that became a replica refuses it, instead of reading values from before the newest invalidations.
 */
const GET = `${CLOCK}
local ms = tonumber(ARGV[2])
if #ARGV ~= 2 or ARGV[1] == '' or not ms or ms < 1 or not triples(1) then return refuse() end
local now, answer = clock(), {}
for i = 1, #KEYS, 3 do
  local found = {2}
  redis.call('ZREMRANGEBYSCORE', KEYS[i + 1], '-inf', now)
  if redis.call('ZCARD', KEYS[i + 1]) == 0 then
    local value = redis.call('HMGET', KEYS[i], 'csn', 'b')
    if value[1] and value[2] then found = {0, value[1], value[2]}
    elseif redis.call('SET', KEYS[i + 2], ARGV[1], 'NX', 'PX', ms) then found = {1} end
  end
  answer[#answer + 1] = found
end
return answer`;

/** KEYS v, f, l; ARGV token, csn, text, ttlMs. 1 = kept. A server that is full refuses the first write of a script: HSET. */
const FILL = `${CLOCK}
local ms = tonumber(ARGV[4])
if #ARGV ~= 4 or ARGV[1] == '' or not tonumber(ARGV[2]) or not ms or ms < 1 or #KEYS ~= 3 then return refuse() end
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
if redis.call('ZCOUNT', KEYS[2], '(' .. clock(), '+inf') > 0 then return 0 end
local kept = redis.pcall('HSET', KEYS[1], 'csn', ARGV[2], 'b', ARGV[3])
if type(kept) == 'table' and kept.err then return 0 end
redis.call('PEXPIRE', KEYS[1], ms)
redis.call('DEL', KEYS[3])
return 1`;

/** Sent by their digest, and in full when the server does not know them (ioredis). */
export const SCRIPTS = {
  trinitasPrepare: { lua: PREPARE },
  trinitasPromote: { lua: PROMOTE },
  trinitasAbort: { lua: ABORT },
  trinitasGet: { lua: GET },
  trinitasFill: { lua: FILL },
} as const satisfies NonNullable<RedisOptions['scripts']>;

/** A memory's answer from GET. */
export type FoundInCache =
  | readonly [kind: 0, csn: string, text: string]
  | readonly [kind: 1]
  | readonly [kind: 2];

type Script<Answer> = (
  keyCount: number,
  ...keysAndArguments: readonly (string | number)[]
) => Promise<Answer>;

export interface ScriptCommands {
  readonly trinitasPrepare: Script<1>;
  readonly trinitasPromote: Script<1>;
  readonly trinitasAbort: Script<1>;
  readonly trinitasGet: Script<readonly FoundInCache[]>;
  readonly trinitasFill: Script<0 | 1>;
}
