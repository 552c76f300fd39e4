import type {
  HealthCheck,
  MemoryOperations,
  ParticipantFigures,
  ParticipantInspection,
  Status,
} from '../../engine/index.ts';
import { type Check, finding, fine } from './check.ts';

const STARTS: Readonly<Record<ParticipantFigures['name'], string>> = {
  redis: 'Start Redis, or correct memory.redis_url; until then the database answers.',
  chroma:
    'Start Chroma, or correct memory.chroma_url or memory.chromadb_path; until then the vectors in the database answer.',
};

/** SQLite and the servers beside it, as an open engine sees them. */
export async function checkServers(memories: MemoryOperations): Promise<readonly Check[]> {
  return await serversOf(memories, await memories.inspectParticipants());
}

/** The same, the database itself, and how far everything that is derived from it agrees with it. */
export async function checkStore(memories: MemoryOperations): Promise<readonly Check[]> {
  const inspections = await memories.inspectParticipants();
  const status = await memories.status();
  return [
    ...(await serversOf(memories, inspections)),
    checkDatabase(status),
    ...status.checks.flatMap(checkPart),
    checkVectors(status),
    ...inspections.flatMap(checkAgreement),
  ];
}

async function serversOf(
  memories: MemoryOperations,
  inspections: readonly ParticipantInspection[],
): Promise<readonly Check[]> {
  const { backend } = await memories.status();
  const { participants } = await memories.statistics();
  return [
    fine('sqlite', `SQLite ${backend.sqliteVersion}`),
    ...participants.map((figures) => checkServer(figures, inspections)),
  ];
}

function checkServer(
  { name, state, message, probeMs }: ParticipantFigures,
  inspections: readonly ParticipantInspection[],
): Check {
  const seen = inspections.find((inspection) => inspection.name === name);
  if (state !== 'OK' || seen?.version === null || seen === undefined)
    return finding(name, message ?? 'it does not answer', STARTS[name]);
  const latency = probeMs === null ? '' : `, answers in ${probeMs.toFixed(1)} ms`;
  return fine(name, `version ${seen.version}${latency}`);
}

function checkDatabase({ backend, state, fileBytes, walBytes }: Status): Check {
  const what = `${backend.path}, schema ${backend.schemaVersion}, ${fileBytes + walBytes} bytes, synchronous=${backend.synchronous}`;
  return state === 'QUARANTINE'
    ? finding(
        'database',
        `${what}, in quarantine: damage was found, it is only read`,
        'Stop all Trinitas processes and run `trinitas repair`, with --backup if there is one.',
      )
    : fine('database', what);
}

/** Redis and Chroma have a check of their own. */
function checkPart({ name, state, message }: HealthCheck): readonly Check[] {
  if (state === 'OK' || name === 'redis' || name === 'chroma') return [];
  return [
    finding(
      name,
      `${state}${message === null ? '' : `, ${message}`}`,
      'README, "When something is wrong", tells what each state means.',
    ),
  ];
}

function checkVectors({ embedding }: Status): Check {
  const { model, memories, ready, pending, failed, outdated } = embedding;
  if (model === null) return fine('vectors', 'no embedder is configured, recall is by text');
  const lacking = Object.entries({ pending, failed, 'of an earlier model': outdated })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  const what = `${ready} of ${memories} memories have one of ${model}`;
  const others = memories - ready - pending - failed - outdated;
  if (lacking.length > 0 || (others > 0 && ready === 0))
    return finding(
      'vectors',
      [what, ...lacking].join(', '),
      'Run `trinitas reindex --target vectors`.',
    );
  const note = 'have no text, or came without an embedder (`trinitas reindex` makes theirs)';
  return fine('vectors', others === 0 ? what : `${what}; ${others} ${note}`);
}

function checkAgreement({
  name,
  version,
  entries,
  waiting,
  orphans,
  missing,
}: ParticipantInspection): readonly Check[] {
  const subject = `${name} content`;
  const findings = [
    ...(waiting > 0
      ? [
          finding(
            'outbox',
            `${waiting} things are left to do for ${name}`,
            version === null
              ? `They are done when ${name} is back.`
              : 'They are done while Trinitas runs; look again with stats { participants { name waiting } }.',
          ),
        ]
      : []),
    ...(missing !== null && missing > 0
      ? [
          finding(
            subject,
            `${missing} live records are missing`,
            `Run \`trinitas reindex --target ${name}\`; until then the vectors in the database answer.`,
          ),
        ]
      : []),
    ...(orphans !== null && orphans > 0
      ? [
          finding(
            subject,
            `${orphans} records belong to no memory; no recall sees them`,
            `They are removed in the background after each start; run \`trinitas reindex --target ${name}\` if they stay.`,
          ),
        ]
      : []),
  ];
  if (findings.length > 0 || entries === null) return findings;
  return [fine(subject, `${entries} ${name === 'redis' ? 'keys' : 'records'}, nothing waits`)];
}
