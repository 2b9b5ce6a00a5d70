import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * The typeface of documents: Inter (SIL OFL 1.1), from its npm package, embedded as a subset. It covers Latin, Greek and Cyrillic with
 * their extensions and has figures of equal width. Read once per process.
 */
const FILES = {
  regular: '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  semibold: '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
} as const;

export type FontName = keyof typeof FILES;
export type FontBytes = Readonly<Record<FontName, Buffer>>;

export class FontMissing extends Error {
  constructor(file: string, cause: unknown) {
    super(`cannot render documents: the font file ${file} cannot be read; run "npm ci" to install it`, { cause });
    this.name = 'FontMissing';
  }
}

let cached: FontBytes | undefined;

/** @throws FontMissing when the package is not installed or not whole */
export function loadFonts(read: (file: string) => Buffer = readPackageFile): FontBytes {
  if (read !== readPackageFile) return readAll(read);
  cached ??= readAll(read);
  return cached;
}

function readAll(read: (file: string) => Buffer): FontBytes {
  const load = (file: string): Buffer => {
    try {
      return read(file);
    } catch (error) {
      throw new FontMissing(file, error);
    }
  };
  return { regular: load(FILES.regular), semibold: load(FILES.semibold) };
}

function readPackageFile(file: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(file));
}
