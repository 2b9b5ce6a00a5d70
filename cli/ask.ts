import { createTollbook, type Tollbook } from '#client/src/create-tollbook.ts';
import { TollbookConnectionError, TollbookError } from '#client/src/errors.ts';
import { CommandError } from './errors.ts';
import { readConnection, type Surroundings } from './surroundings.ts';

const ANSWER_WITHIN_MS = 60_000;
const RETRIES = 2;

/** Something asked of the server, with the settings of the environment. @throws CommandError with a sentence when the answer is no or none */
export async function ask<Answer>(
  { environment, interrupted }: Pick<Surroundings, 'environment' | 'interrupted'>,
  work: (tollbook: Tollbook) => Promise<Answer>,
): Promise<Answer> {
  const { url, key } = readConnection(environment);
  const tollbook = createTollbook({
    url,
    apiKey: key,
    timeoutMs: ANSWER_WITHIN_MS,
    retries: RETRIES,
    fetch: (input, init) =>
      fetch(input, { ...init, signal: AbortSignal.any([interrupted, ...(init?.signal ? [init.signal] : [])]) }),
  });
  try {
    return await work(tollbook);
  } catch (error) {
    if (error instanceof TollbookError) throw new CommandError(error.message, { cause: error });
    if (error instanceof TollbookConnectionError)
      throw new CommandError(`${url} does not answer: ${error.message}`, { cause: error });
    throw error;
  }
}
