import { expect, test } from '@jest/globals';
import { giveWay } from './give-way.ts';

/** Keeps the thread at work until it is told to stop. */
function busy() {
  let isOn = true;
  const turn = () => {
    for (const until = performance.now() + 5; performance.now() < until; );
    if (isOn) setImmediate(turn);
  };
  turn();
  return () => {
    isOn = false;
  };
}
const never = new AbortController().signal;

test('a busy thread is left to the others for as long as the work took', async () => {
  const stop = busy();
  const start = performance.now();
  await giveWay(300, never);
  expect(performance.now() - start).toBeGreaterThanOrEqual(300);
  stop();
});

test('it goes on when the thread has nothing else to do', async () => {
  await giveWay(1e9, never);
});

test('it goes on when the others have ended, and when it is stopped', async () => {
  const stop = busy();
  setTimeout(stop, 50);
  await giveWay(1e9, never);
  const stopAgain = busy();
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 50);
  await giveWay(1e9, stopping.signal);
  stopAgain();
});
