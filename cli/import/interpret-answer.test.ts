import { expect, test } from '@jest/globals';
import { CommandError } from '../errors.ts';
import { interpretAnswer } from './interpret-answer.ts';

const events = [{ id: 'a' }, { id: 'b' }];
const results = (...statuses: string[]) =>
  JSON.stringify({ results: statuses.map((status, at) => ({ id: events[at]?.id, status, detail: `why ${status}` })) });
const problem = JSON.stringify({ code: 'x', detail: 'the detail' });

test.each([
  [200, ['accepted', 'duplicate'], [{ status: 'accepted' }, { status: 'duplicate' }]],
  [207, ['accepted', 'unavailable'], [{ status: 'accepted' }, undefined]],
  [
    422,
    ['rejected', 'conflict'],
    [
      { status: 'rejected', detail: 'why rejected' },
      { status: 'conflict', detail: 'why conflict' },
    ],
  ],
  [503, ['unavailable', 'unavailable'], [undefined, undefined]],
  // A word that this version does not know decides nothing.
  [200, ['accepted', 'pondered'], [{ status: 'accepted' }, undefined]],
])('%d with %j', (status, statuses, verdicts) => {
  expect(interpretAnswer(status, results(...statuses), events)).toEqual({ kind: 'verdicts', verdicts });
});

test('an event whose id could not be read is known by its place', () => {
  const body = JSON.stringify({
    results: [
      { id: null, status: 'rejected', code: 'invalid_event', detail: 'id must be a string', pointer: '/id' },
      { id: 'b', status: 'accepted' },
    ],
  });
  expect(interpretAnswer(207, body, [{ id: 7 }, { id: 'b' }])).toMatchObject({
    verdicts: [{ status: 'rejected', code: 'invalid_event', pointer: '/id' }, { status: 'accepted' }],
  });
});

test.each([
  [
    'results of others',
    200,
    JSON.stringify({
      results: [
        { id: 'b', status: 'accepted' },
        { id: 'a', status: 'accepted' },
      ],
    }),
  ],
  ['too few results', 200, results('accepted')],
  [
    'an accepted event without id',
    200,
    JSON.stringify({
      results: [
        { id: null, status: 'accepted' },
        { id: 'b', status: 'accepted' },
      ],
    }),
  ],
  ['half an answer', 200, results('accepted', 'accepted').slice(0, 30)],
  ['a page of a proxy', 200, '<html>'],
  ['503 without results', 503, problem],
  ['502 of a proxy', 502, 'Bad Gateway'],
  ['429', 429, problem],
  ['500', 500, problem],
])('%s decide nothing: asked again', (_name, status, body) => {
  expect(interpretAnswer(status, body, events)).toMatchObject({ kind: 'again' });
});

test('too large is no refusal', () => {
  expect(interpretAnswer(413, problem, events)).toEqual({ kind: 'too large', reason: 'the detail' });
});

test.each([
  [401, problem, /TOLLBOOK_API_KEY is not accepted: the detail/],
  [403, problem, /may not send events: the detail/],
  [404, problem, /nothing takes events at TOLLBOOK_URL.*8081/],
  [302, '', /redirect/],
  [400, problem, /refused with 400: the detail/],
  [422, problem, /refused with 422: the detail/],
])('%d ends it with a sentence', (status, body, message) => {
  expect(() => interpretAnswer(status, body, events)).toThrow(CommandError);
  expect(() => interpretAnswer(status, body, events)).toThrow(message);
});
