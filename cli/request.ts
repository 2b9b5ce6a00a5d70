import { CommandError } from './errors.ts';
import { readConnection, type Surroundings } from './surroundings.ts';

const ANSWER_WITHIN_MS = 60_000;

/** One request to the management API; the parsed body of a success. @throws CommandError with a sentence otherwise. */
export async function request<Body>(
  { environment, interrupted }: Pick<Surroundings, 'environment' | 'interrupted'>,
  method: 'GET' | 'POST',
  path: string,
  body?: string,
): Promise<Body> {
  const { url, key } = readConnection(environment);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    text = await response.text();
  } catch (error) {
    const { message, cause } = error as Error;
    throw new CommandError(`${url} does not answer: ${(cause as Error | undefined)?.message || message}`, {
      cause: error,
    });
  }
  if (!response.ok)
    throw new CommandError(`${method} ${path} was refused: ${detailOf(text) ?? `HTTP ${response.status}`}`);
  try {
    return JSON.parse(text) as Body;
  } catch (error) {
    throw new CommandError(`${url} does not answer in JSON: is TOLLBOOK_URL the address of the API?`, { cause: error });
  }
}

/** The sentence of a problem document, or one for each field that has a fault. */
function detailOf(text: string): string | undefined {
  try {
    const { detail, title, errors = [] } = JSON.parse(text) as Problem;
    if (errors.length > 1) return errors.map((fault) => `\n  ${fault.pointer} ${fault.detail}`).join('');
    return detail ?? title;
  } catch {
    return undefined;
  }
}

interface Problem {
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
