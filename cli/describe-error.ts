import { TollbookError } from '#client/src/errors.ts';

/** An error as `--json` prints it: the sentence, and what the server said besides. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  const text = error instanceof Error ? error.message : String(error);
  const said = error instanceof Error && error.cause instanceof TollbookError ? error.cause : undefined;
  if (said === undefined) return { ok: false, error: text };
  const { code, status, requestId, faults } = said;
  return {
    ok: false,
    error: text,
    code,
    status,
    ...(requestId !== undefined && { request_id: requestId }),
    ...(faults.length > 0 && { errors: faults }),
  };
}
