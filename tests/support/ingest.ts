import { request } from 'node:http';
import { Readable } from 'node:stream';
import { prepareInstallation } from './installation.ts';
import { startProcess, type TestProcess } from './process.ts';

/** The real ingest process on real services, with an organization's key. */
export interface TestIngest {
  readonly url: string;
  readonly key: string;
  readonly process: TestProcess;
  stop(): Promise<void>;
}

export async function startTestIngest(environment: Readonly<Record<string, string>> = {}): Promise<TestIngest> {
  const { database, settings, key } = await prepareInstallation({ TOLLBOOK_LOG_LEVEL: 'debug', ...environment });
  const running = startProcess('services/ingest/main.ts', settings);
  const url = (await running.waitForOutput(/ready at (http:\S+)/))[1] as string;
  return {
    url,
    key,
    process: running,
    async stop() {
      await running.end();
      await database.drop();
    },
  };
}

export interface StreamAnswer {
  readonly status: number;
  /** One per line, the summary last. */
  readonly lines: Record<string, unknown>[];
}

/** Sends a body of any length and reads the answer meanwhile, as a client of a stream must. */
export function sendStream(
  { url, key }: Pick<TestIngest, 'url' | 'key'>,
  body: Readable | string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson', ...headers },
    });
    sent.once('error', reject);
    sent.once('response', async (response) => {
      try {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        const lines = text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
        resolve({ status: response.statusCode ?? 0, lines });
      } catch (error) {
        reject(error);
      }
    });
    (body instanceof Readable ? body : Readable.from([body])).pipe(sent);
  });
}
