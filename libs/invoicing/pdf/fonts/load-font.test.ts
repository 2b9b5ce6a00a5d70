import { expect, test } from '@jest/globals';
import { FontMissing, loadFont, readFont } from './load-font.ts';
import { TYPEFACES, type Typeface } from './typefaces.ts';

test.each(Object.keys(TYPEFACES) as Typeface[])('%s is there in both weights, read once', (typeface) => {
  const [regular, semibold] = [loadFont(typeface, 'regular'), loadFont(typeface, 'semibold')];
  expect(regular.postscriptName).not.toBe(semibold.postscriptName);
  expect(loadFont(typeface, 'regular')).toBe(regular);
});

test.each([
  ['@expo-google-fonts/inter', 'gone/Inter_400Regular.ttf'],
  ['@expo-google-fonts/inter', 'package.json'],
  ['@expo-google-fonts/not-installed', '400Regular/Any.ttf'],
])('a font that cannot be read is named, with what to do: %s %s', (packageName, file) => {
  expect(() => readFont(packageName, file)).toThrow(FontMissing);
  const name = file.split('/').at(-1);
  expect(() => readFont(packageName, file)).toThrow(
    `the font file ${name} of the package ${packageName} cannot be read; run "npm ci"`,
  );
});
