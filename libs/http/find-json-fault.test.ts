import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findJsonFault } from './find-json-fault.ts';

test.each([
  ['{"a": abc}', 6],
  ['{"a": 1,}', 8],
  ['{"a" 1}', 5],
  ['[1 2]', 3],
  ['[1,]', 3],
  ['{"a": 01}', 7],
  ['{"a": "x\ny"}', 8],
  ['{"a": "\\x"}', 7],
  ["{'a': 1}", 1],
  ['{"a": 1', 7],
  ['"abc', 4],
  ['[1]]', 3],
  ['{"a": 1]', 7],
  ['nul', 0],
])('%p stops being JSON at %p', (text, at) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(findJsonFault(text)).toBe(at);
});

test('an unknown character put anywhere outside of strings is found where it is', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, where) => {
      const at = where % (text.length + 1);
      const broken = `${text.slice(0, at)}\u0001${text.slice(at)}`;
      expect(() => JSON.parse(broken)).toThrow();
      const fault = findJsonFault(broken);
      // Inside a word or number, or behind a backslash, the token itself is what cannot stand there.
      const tokenStart = at - (/(?:[-+.\w]|\\u?[0-9a-f]{0,3}|\\)*$/.exec(text.slice(0, at))?.[0].length ?? 0);
      expect(fault).toBeGreaterThanOrEqual(tokenStart);
      expect(fault).toBeLessThanOrEqual(at);
    }),
  );
});
