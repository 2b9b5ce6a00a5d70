import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { create, type Font } from 'fontkit';
import { shapeQuickly } from './shape-quickly.ts';
import { TYPEFACES, type Typeface, type Weight } from './typefaces.ts';

export class FontMissing extends Error {
  constructor(packageName: string, file: string, cause: unknown) {
    super(
      `cannot render the document: the font file ${path.posix.basename(file)} of the package ${packageName} cannot be read; run "npm ci" to install it`,
      { cause },
    );
    this.name = 'FontMissing';
  }
}

const parsed = new Map<string, Font>();

/** A parsed font, read once per process or thread. @throws FontMissing when its package is not installed or not whole */
export function loadFont(typeface: Typeface, weight: Weight): Font {
  const key = fontKey(typeface, weight);
  let font = parsed.get(key);
  if (font === undefined) {
    const face = TYPEFACES[typeface];
    font = shapeQuickly(readFont(face.package, face[weight]), { kerning: typeface === 'inter' });
    parsed.set(key, font);
  }
  return font;
}

/** Names a font within a document. */
export const fontKey = (typeface: Typeface, weight: Weight): string => `${typeface}-${weight}`;

/** @throws FontMissing */
export function readFont(packageName: string, file: string): Font {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return create(readFileSync(path.join(path.dirname(entry), file))) as Font;
  } catch (error) {
    throw new FontMissing(packageName, file, error);
  }
}
