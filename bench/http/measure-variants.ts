import { type BenchContext, type Measurement, STANDARD_PLAN } from '../category.ts';
import { Measurements } from '../measurements.ts';
import { rotated } from '../rotated.ts';
import { median } from '../samples.ts';
import { type GraphqlRequest, ServerUnderLoad, variantDirectory } from './server-under-load.ts';
import type { ServerVariant } from './server-variant.ts';

export interface NamedVariant {
  readonly name: string;
  readonly variant: ServerVariant;
}

export interface NamedRequest {
  readonly name: string;
  readonly request: GraphqlRequest;
  /** Requests in one round of the standard plan; a shorter plan sends fewer. */
  readonly amount: number;
}

/** Rounds of warm-up: V8 compiles the whole path within the first thousands of requests. */
const WARM_UP_ROUNDS = 2;

/**
 * Loads all variants in turn, round by round, all of them running all the time: what disturbs the machine disturbs each of
 * them. The series `cpuMicroseconds` holds the CPU time of one request, round by round.
 */
export async function measureVariants(
  context: BenchContext,
  category: string,
  variants: readonly NamedVariant[],
  requests: readonly NamedRequest[],
): Promise<Measurements> {
  const measurements = new Measurements(category);
  await context.withDirectory(async (directory) => {
    const servers: ServerUnderLoad[] = [];
    try {
      for (const [index, { variant }] of variants.entries())
        servers.push(await ServerUnderLoad.start(variant, variantDirectory(directory, index)));
      for (const named of requests)
        await measureRequest(context, variants, servers, named, measurements);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
  return measurements;
}

async function measureRequest(
  context: BenchContext,
  variants: readonly NamedVariant[],
  servers: readonly ServerUnderLoad[],
  { name: answer, request, amount }: NamedRequest,
  measurements: Measurements,
): Promise<void> {
  const { plan } = context;
  const sent = Math.ceil((amount * plan.blockMs) / STANDARD_PLAN.blockMs);
  // Named before the rounds, so that a report keeps the order of the list.
  for (const { name } of variants) measurements.state(name, { answer }, {});
  const running = servers.flatMap((server, index) => {
    const name = variants[index]?.name;
    return name === undefined ? [] : [{ name, server }];
  });
  for (const { server } of running) await server.ask(request);
  for (let round = -WARM_UP_ROUNDS; round < plan.rounds; round += 1) {
    context.progress(`${answer}: round ${round + 1}/${plan.rounds}`);
    for (const { name, server } of rotated(running, round + WARM_UP_ROUNDS)) {
      const { block, cpuMicroseconds } = await server.shoot(request, sent);
      if (round < 0) continue;
      measurements.add(name, { answer }, block);
      measurements.append(name, { answer }, { cpuMicroseconds });
    }
  }
}

/** Median of the rounds. */
export function cpuOf(cell: Measurement): number {
  return median(cell.series['cpuMicroseconds'] ?? []);
}
