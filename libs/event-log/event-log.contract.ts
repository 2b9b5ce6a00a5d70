import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { appendContract } from './append.contract.ts';
import { outageContract } from './outage.contract.ts';
import type { LogServer, LogUnderTest } from './place.contract.ts';
import { subscribeContract } from './subscribe.contract.ts';

/** What every implementation of the event log promises. To be called inside a `describe`. */
export function eventLogContract(startServer: () => Promise<LogServer>): void {
  // Filled before each test; tests take from it what they need.
  const under = {} as LogUnderTest;

  beforeAll(async () => {
    under.server = await startServer();
  }, 60_000);
  afterAll(() => under.server?.stop(), 30_000);
  beforeEach(async () => {
    under.place = await under.server.place();
    under.log = await under.place.open();
  });
  afterEach(async () => {
    under.server.resume();
    await under.place.close();
  });

  describe('append', () => appendContract(under));
  describe('subscribe', () => subscribeContract(under));
  describe('outages', () => outageContract(under));
}
