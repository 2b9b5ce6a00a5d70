import { expect, test } from '@jest/globals';
import type { FaultKind } from './fault.ts';
import { createInjector } from './injector.ts';
import { createRandom } from './random.ts';

const run = (...kinds: FaultKind[]) => {
  const lines: string[] = [];
  const injector = createInjector({
    kinds,
    random: createRandom(1),
    maxSeconds: 1,
    pauseMs: 1,
    onLog: (line) => lines.push(line),
  });
  return { injector, lines, ended: injector.run(0) };
};
const kind = (name: string, inject: () => Promise<undefined>): FaultKind => ({ name, targets: [name], inject });

test('a fault that cannot be done at first is tried until it happened', async () => {
  let tries = 0;
  const { injector, ended } = run(
    kind('stubborn', async () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return undefined;
    }),
  );
  await ended;
  expect(injector.counts).toEqual({ stubborn: 1 });
});

test('one that can never be done ends the run with its reason', async () => {
  const { ended } = run(kind('impossible', async () => Promise.reject(new Error('no such process'))));
  await expect(ended).rejects.toThrow('could not impossible 5 times: no such process');
});
