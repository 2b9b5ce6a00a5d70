import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ndjson, reply, startTestImport, type TestImport } from '#tests/support/import.ts';

/* An import that is ended before its time, and gone on with. */

let importing: TestImport;
beforeAll(async () => {
  importing = await startTestImport();
});
beforeEach(() => importing.reset());
afterAll(() => importing.stop());

test('without progress it gives up, says how to go on, and going on completes it', async () => {
  let served = 0;
  importing.answering = (events, response, request) => {
    served += 1;
    if (served > 3) response.destroy();
    else importing.takeAll(events, response, request);
  };
  const file = await importing.store('usage.ndjson', ndjson(100));
  const stopped = await importing.run([
    'import',
    file,
    '--batch',
    '10',
    '--concurrency',
    '1',
    '--patience',
    '1',
    '--json',
  ]);
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toMatch(/gave up: for 1 s no event could be delivered.*run the same command again/s);
  expect(JSON.parse(stopped.stdout)).toMatchObject({
    ok: false,
    accepted: 30,
    error: expect.stringMatching(/gave up/),
  });

  importing.answering = importing.takeAll;
  const resumed = await importing.run(['import', file, '--json']);
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    ok: true,
    records: 100,
    accepted: 100,
    duplicates: 0,
    sent: 70,
    resumed_after: 30,
  });
  expect(importing.taken.size).toBe(100);
  await expect(stat(`${file}.checkpoint.json`)).rejects.toThrow(/ENOENT/);
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'ended by %s in the middle, it is completed by running it again',
  async (signal) => {
    let hold: () => void = () => {};
    const reached = new Promise<void>((resolve) => {
      hold = resolve;
    });
    importing.answering = (events, response, request) => {
      // Some batches are answered, the later ones taken and never answered: the worst moment to end.
      if (importing.taken.size < 200) return importing.takeAll(events, response, request);
      events.map(importing.take);
      hold();
    };
    const file = await importing.store('usage.ndjson', ndjson(1000));
    const { child, ended } = importing.start(['import', file, '--batch', '50']);
    await reached;
    child.kill(signal);
    const { code, stderr } = await ended;
    if (signal === 'SIGKILL') expect(code).toBeNull();
    else {
      expect(code).toBe(130);
      expect(stderr).toMatch(/interrupted\. Run the same command again/);
    }
    const again: string[] = [];
    importing.answering = (events, response, request) => {
      again.push(...events.map(({ id }) => id));
      importing.takeAll(events, response, request);
    };
    const { code: ended2, stdout } = await importing.run(['import', file, '--json']);
    expect(ended2).toBe(0);
    expect(importing.taken.size).toBe(1000);
    // It goes on where the answers ended: what came before is not sent again, what was under way is.
    const { resumed_after: resumedAfter, sent } = JSON.parse(stdout);
    expect(resumedAfter).toBeGreaterThanOrEqual(50);
    expect(resumedAfter).toBeLessThanOrEqual(200);
    expect(again.sort()).toEqual(Array.from({ length: 1000 - resumedAfter }, (_, i) => `e${resumedAfter + i}`).sort());
    expect(sent).toBe(1000 - resumedAfter);
  },
);

describe('a run that was ended before its time', () => {
  /** 100 events, of which 40 are answered; every tenth is refused. Then nothing more is. */
  async function begin(name: string): Promise<string> {
    let served = 0;
    importing.answering = (events, response) => {
      served += 1;
      if (served > 4) return response.destroy();
      const results = events.map((event) =>
        event.id.endsWith('7') ? { id: event.id, status: 'rejected', detail: 'no good' } : importing.take(event),
      );
      reply(response, 207, { results });
    };
    const file = await importing.store(name, ndjson(100));
    await importing.run(['import', file, '--batch', '10', '--concurrency', '1', '--patience', '0']);
    importing.answering = importing.takeAll;
    importing.requests = 0;
    return file;
  }
  const resume = async (file: string, more: string[] = [], environment: Record<string, string> = {}) => {
    const { code, stdout } = await importing.run(['import', file, '--json', '--batch', '10', ...more], environment);
    return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
  };

  test('is gone on with: what was refused earlier stays told, once', async () => {
    const file = await begin('begun.ndjson');
    // Written after the last checkpoint, as by a run that was killed in between.
    await appendFile(`${file}.rejected.ndjson`, '{"line":48,"half');
    const result = await resume(file);
    expect(result).toMatchObject({ code: 1, resumed_after: 40, accepted: 96, rejected: 4, sent: 60 });
    expect(importing.requests).toBe(6);
    const written = (await readFile(`${file}.rejected.ndjson`, 'utf8')).trimEnd().split('\n');
    expect(written.map((text) => JSON.parse(text).event.id)).toEqual(['e7', 'e17', 'e27', 'e37']);
  });

  test.each([
    ['--restart says so', {}, ['--restart']],
    ['it goes to another organization', { TOLLBOOK_API_KEY: 'another-key' }, []],
    ['it would be sent as something else', {}, ['--source', 'web-2']],
  ])('begins anew where %s', async (_name, environment, more) => {
    const file = await begin('anew.ndjson');
    expect(await resume(file, more, environment)).toMatchObject({ code: 0, resumed_after: 0, records: 100 });
    expect(importing.requests).toBe(10);
  });

  test('begins anew where the file was changed before that point; goes on where it has only grown', async () => {
    const changed = await begin('changed.ndjson');
    await writeFile(changed, ndjson(100).replace('"e3"', '"E3"'));
    expect(await resume(changed)).toMatchObject({ resumed_after: 0, records: 100 });
    const grown = await begin('grown.ndjson');
    await writeFile(grown, ndjson(120));
    expect(await resume(grown)).toMatchObject({ resumed_after: 40, records: 120, sent: 80 });
  });
});
