// Usage of a web server, sent in the background and whole when it is told to stop.
// TOLLBOOK_URL=… TOLLBOOK_API_KEY=… node send-events.js [port]
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createTollbook } from '@tollbook/client';

const tollbook = createTollbook({
  url: process.env.TOLLBOOK_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.TOLLBOOK_API_KEY ?? '',
  events: {
    batchMs: 200,
    onRefused: (event, result) => console.error(`refused: ${event.id}: ${result.detail}`),
    onRetry: ({ error, events }) => console.error(`${events} events are sent again: ${error.message}`),
  },
});

const server = createServer(async (request, response) => {
  response.end('hello\n');
  // Waits only while the queue is full: back-pressure instead of memory without end.
  await tollbook.events.add({
    type: 'api.request',
    customer: String(request.headers['x-customer'] ?? 'unknown'),
    properties: { path: request.url ?? '/', bytes: '6' },
  });
});
server.listen(Number(process.argv[2] ?? 0), () => console.log(`http://127.0.0.1:${server.address().port}`));

process.once('SIGTERM', async () => {
  // First no more requests, then no more events.
  await new Promise((resolve) => server.close(resolve));
  const { undecided } = await tollbook.events.close({ timeoutMs: 8_000 });
  // What could not be delivered in time; `tollbook events import` sends it later, under the same ids.
  if (undecided.length > 0)
    await writeFile(
      'undecided.ndjson',
      undecided.map((event) => `${JSON.stringify(event)}\n`),
    );
  console.log(`${undecided.length} events undecided`);
});
