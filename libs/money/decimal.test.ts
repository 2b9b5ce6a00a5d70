import { expect, test } from '@jest/globals';
import BigJs from 'big.js';
import { Big } from './decimal.ts';

test('a JavaScript number is refused: no float slips in', () => {
  expect(() => new Big(0.1 as never)).toThrow(TypeError);
  expect(() => new Big('1').plus(0.2 as never)).toThrow(TypeError);
  expect(() => Number(new Big('1').valueOf() === '1' && +(new Big('1') as never))).toThrow();
});

test('divisions carry 40 digits, the last one rounded half away from zero', () => {
  expect(new Big('2').div('3').toFixed()).toBe(`0.${'6'.repeat(39)}7`);
  expect(new Big('-2').div('3').toFixed()).toBe(`-0.${'6'.repeat(39)}7`);
});

test('up to a hundred digits are written without an exponent', () => {
  expect(new Big('1e99').toString()).toBe(`1${'0'.repeat(99)}`);
  expect(new Big('1e-99').toString()).toBe(`0.${'0'.repeat(98)}1`);
});

test('others who use big.js keep their own settings', () => {
  expect(BigJs).not.toBe(Big);
  expect(new BigJs(0.5).toString()).toBe('0.5');
});
