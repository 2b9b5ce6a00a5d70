import { Agent, request } from 'node:http';

/** What a load run saw. Times in milliseconds. */
export interface LoadResult {
  readonly events: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** Posts the bodies with `senders` connections and demands that every event is accepted. */
export async function sendLoad(options: {
  readonly url: string;
  readonly key: string;
  readonly bodies: readonly Buffer[];
  readonly eventsPerBody: number;
  readonly senders: number;
}): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.senders });
  const latencies: number[] = [];
  let next = 0;
  const started = performance.now();
  const sender = async () => {
    while (next < options.bodies.length) {
      const body = options.bodies[next++] as Buffer;
      const from = performance.now();
      const { status, text } = await post(agent, `${options.url}/v1/events`, options.key, body);
      if (status !== 200) throw new Error(`POST /v1/events answered ${status}: ${text.slice(0, 300)}`);
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: options.senders }, sender));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { events: options.bodies.length * options.eventsPerBody, seconds, p50: at(0.5), p99: at(0.99) };
}

function post(agent: Agent, url: string, key: string, body: Buffer): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: 'POST',
        agent,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': body.length },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
