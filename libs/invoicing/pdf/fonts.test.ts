import { expect, test } from '@jest/globals';
import { FontMissing, loadFonts } from './fonts.ts';

test('the fonts are those of the package, read once', () => {
  const fonts = loadFonts();
  expect(fonts.regular.readUInt32BE(0)).toBe(0x00010000);
  expect(fonts.semibold.equals(fonts.regular)).toBe(false);
  expect(loadFonts()).toBe(fonts);
});

test('a missing font file is named, with what to do', () => {
  const read = (file: string): Buffer => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT', file });
  };
  expect(() => loadFonts(read)).toThrow(FontMissing);
  expect(() => loadFonts(read)).toThrow(/Inter_400Regular\.ttf cannot be read; run "npm ci"/);
});
