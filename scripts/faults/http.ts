/** An answer, or undefined when there was none: refused, cut off, or later than `timeoutMs`. A body that was cut off is given as far as it came. */
export async function ask(
  method: 'GET' | 'POST' | 'PATCH',
  url: string,
  key: string,
  options: { readonly contentType?: string; readonly body?: string; readonly timeoutMs?: number } = {},
): Promise<{ readonly status: number; readonly text: string } | undefined> {
  let text = '';
  let status: number | undefined;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(options.body !== undefined && { 'content-type': options.contentType ?? 'application/json' }),
      },
      ...(options.body !== undefined && { body: options.body }),
      signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
    });
    status = response.status;
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return { status, text };
  } catch {
    return status === undefined ? undefined : { status, text };
  }
}

/** Asks until it is answered by `wanted`. @throws Error with the last answer after `withinMs`. */
export async function insist<T>(
  what: string,
  question: () => Promise<{ readonly status: number; readonly text: string } | undefined>,
  wanted: (status: number, body: Record<string, unknown>) => T | undefined,
  withinMs = 60_000,
): Promise<T> {
  let last = 'no answer';
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; ) {
    const answer = await question();
    if (answer) {
      last = `${answer.status} ${answer.text.slice(0, 300)}`;
      try {
        const found = wanted(answer.status, JSON.parse(answer.text) as Record<string, unknown>);
        if (found !== undefined) return found;
      } catch {
        // Cut off in the middle: asked again.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} failed for ${withinMs / 1000} s; the last answer was: ${last}`);
}
