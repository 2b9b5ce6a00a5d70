/** The few calls the demo makes, as any client would. */
export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** Sends events until each has a definite answer; the same ids again where the log did not confirm. */
  sendEvents(events: readonly unknown[]): Promise<{ accepted: number; duplicates: number }>;
  bytes(path: string): Promise<Buffer>;
}

interface EventsAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly failed: readonly { transaction_id: string | null; reason: string }[];
}

export function createApi(url: string, key: string): Api {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }

  return {
    get: async <T>(path: string) => (await call('GET', path)).json() as Promise<T>,
    post: async <T>(path: string, body: unknown) => (await call('POST', path, body)).json() as Promise<T>,
    bytes: async (path) => Buffer.from(await (await call('GET', path)).arrayBuffer()),
    async sendEvents(events) {
      for (let attempt = 0; ; attempt++) {
        const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify({ events }) });
        if (response.status === 503 && attempt < 20) {
          await response.arrayBuffer();
          await new Promise((resolve) => setTimeout(resolve, 250));
          continue;
        }
        const answer = (await response.json()) as EventsAnswer;
        if (response.status !== 200)
          throw new Error(
            `POST /v1/events answered ${response.status}: ${JSON.stringify(answer.failed?.slice(0, 3) ?? answer)}`,
          );
        return { accepted: answer.accepted, duplicates: answer.duplicates };
      }
    },
  };
}
