import { z } from 'zod';
import { defineRoute, type Route } from './route.ts';

/** Something a process cannot do its work without, or only in part. */
export interface HealthCheck {
  readonly name: string;
  /** False: without it the process is `degraded`, and still ready. */
  readonly required: boolean;
  /** Rejects with a sentence when it cannot be used. */
  check(): Promise<void>;
}

const CHECK_WITHIN_MS = 2000;

const aliveSchema = z.object({ status: z.literal('ok') });
const dependencySchema = z.object({
  name: z.string(),
  required: z.boolean(),
  status: z.enum(['ok', 'failed']),
  message: z.string().optional(),
});
const readySchema = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  dependencies: z.array(dependencySchema),
});

/** Alive: the process answers. Ready: it can do its work. */
export function healthRoutes(checks: readonly HealthCheck[]): Route[] {
  const shared = checks.map(shareFlight);
  const alive = (path: string) =>
    defineRoute({
      method: 'GET',
      path,
      scope: 'public',
      summary: 'Whether the process lives',
      response: aliveSchema,
      handler: async () => ({ body: { status: 'ok' } }),
    });
  return [
    alive('/health'),
    alive('/health/live'),
    defineRoute({
      method: 'GET',
      path: '/health/ready',
      scope: 'public',
      summary: 'Whether the process can do its work, and what it lacks',
      response: readySchema,
      alsoStatus: [503],
      async handler() {
        const dependencies = await Promise.all(shared.map(examine));
        const failed = dependencies.filter(({ status }) => status === 'failed');
        const unavailable = failed.some(({ required }) => required);
        const status = unavailable ? 'unavailable' : failed.length > 0 ? 'degraded' : 'ok';
        return { status: unavailable ? 503 : 200, body: { status, dependencies } };
      },
    }),
  ];
}

/** Anyone may ask, as often as they like: while one check hangs, the others wait for it instead of starting their own. */
function shareFlight(health: HealthCheck): HealthCheck {
  let pending: Promise<void> | undefined;
  return {
    ...health,
    check() {
      pending ??= health.check().finally(() => {
        pending = undefined;
      });
      return pending;
    },
  };
}

async function examine({ name, required, check }: HealthCheck): Promise<z.infer<typeof dependencySchema>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`gave no answer within ${CHECK_WITHIN_MS / 1000} s`)), CHECK_WITHIN_MS);
  });
  try {
    await Promise.race([check(), late]);
    return { name, required, status: 'ok' };
  } catch (error) {
    return { name, required, status: 'failed', message: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
