// Events that must be known to be taken before the program goes on, such as those of a job that deletes its input.
// TOLLBOOK_URL=… TOLLBOOK_API_KEY=… node send-and-know.js
import { createTollbook, DeliveryError } from '@tollbook/client';

const tollbook = createTollbook({
  url: process.env.TOLLBOOK_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.TOLLBOOK_API_KEY ?? '',
});

// Ids made of what happened: the job may run again and counts nothing twice.
const events = ['a', 'b', 'b'].map((file) => ({ id: `render-${file}`, type: 'render', customer: 'acme' }));
try {
  const results = await tollbook.events.send(events, { patienceMs: 10_000 });
  for (const { id, status } of results) console.log(`${id} ${status}`);
} catch (error) {
  if (!(error instanceof DeliveryError)) throw error;
  console.error(`${error.undecided.length} events are undecided: run this again`);
  process.exitCode = 1;
}
