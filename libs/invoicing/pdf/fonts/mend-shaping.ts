import type { Font } from 'fontkit';

/*
 * Where fontkit departs from OpenType, which Thai, Lao, Khmer and the scripts of India show: a mark whose base has no anchor for it ends
 * in an exception, what stands before a glyph is compared in the wrong order, sets of marks to be looked at are not read, and every
 * syllable of Bengali counts as the first of its word. Reaches for names that fontkit's types do not show; its version is pinned, and
 * mend-shaping.test.ts compares words of each script with the glyphs and places that HarfBuzz gives them.
 */
interface Inside {
  readonly _layoutEngine: {
    readonly engine?: { readonly GSUBProcessor?: Processor | null; readonly GPOSProcessor?: Processor | null };
  };
  readonly GDEF?: { readonly markGlyphSetsDef?: { readonly coverage: readonly unknown[] } | null };
}

interface Processor {
  readonly table: { readonly lookupList: { get(index: number): Lookup } };
  readonly scriptTag: string | null;
  glyphIterator: GlyphIterator;
  match(from: number, sequence: readonly unknown[], isMatch: unknown, matched?: unknown): unknown;
  coverageIndex(coverage: unknown, glyph: number): number;
  applyFeatures(features: readonly string[], glyphs: ShapedGlyph[], advances: unknown): void;
  applyLookup(type: number, table: unknown): boolean;
  getAnchor?(anchor: unknown): unknown;
}

interface Lookup {
  readonly flags: LookupFlags;
  readonly markFilteringSet?: number;
}

interface LookupFlags {
  readonly flags: { readonly useMarkFilteringSet: boolean };
  /** Ours: the marks that the lookup sees. */
  marksSeen?: unknown;
}

interface GlyphIterator {
  readonly options: LookupFlags;
  shouldIgnore(glyph: ShapedGlyph): boolean;
}

interface ShapedGlyph {
  readonly id: number;
  readonly isMark: boolean;
  readonly codePoints: readonly number[];
  readonly features: Record<string, boolean>;
}

const BENGALI = ['beng', 'bng2'];
const GOES_ON = /^[\p{L}\p{M}\p{Cf}]/u;

/** Mends how this font shapes, and no other. */
export function mendShaping(font: Font): void {
  const { _layoutEngine, GDEF } = font as unknown as Inside;
  const { GSUBProcessor: substitution, GPOSProcessor: positioning } = _layoutEngine.engine ?? {};
  for (const processor of [substitution, positioning]) {
    if (!processor) continue;
    compareBackwards(processor);
    seeMarksOfSet(processor, GDEF?.markGlyphSetsDef?.coverage ?? []);
  }
  if (substitution) beginWordsOnce(substitution);
  if (positioning) skipMissingAnchors(positioning);
}

/** What stands before a glyph is listed from the glyph backwards, and is compared from its far end. */
function compareBackwards(processor: Processor): void {
  const { match } = processor;
  processor.match = (from, sequence, ...more) =>
    match.call(processor, from, from < 0 ? sequence.toReversed() : sequence, ...more);
}

function seeMarksOfSet(processor: Processor, sets: readonly unknown[]): void {
  const { lookupList } = processor.table;
  const { get } = lookupList;
  lookupList.get = (index) => {
    const lookup = get.call(lookupList, index);
    if (lookup.flags.flags.useMarkFilteringSet) lookup.flags.marksSeen = sets[lookup.markFilteringSet as number];
    return lookup;
  };
  let current: GlyphIterator;
  Object.defineProperty(processor, 'glyphIterator', {
    get: () => current,
    set: (iterator: GlyphIterator) => {
      const { shouldIgnore } = iterator;
      iterator.shouldIgnore = (glyph) => {
        if (shouldIgnore.call(iterator, glyph)) return true;
        const { marksSeen } = iterator.options;
        return marksSeen !== undefined && glyph.isMark && processor.coverageIndex(marksSeen, glyph.id) < 0;
      };
      current = iterator;
    },
  });
}

/** A vowel sign that stands before its consonant has a form of its own at the begin of a word. */
function beginWordsOnce(processor: Processor): void {
  const { applyFeatures } = processor;
  processor.applyFeatures = (features, glyphs, advances) => {
    if (features.includes('init') && BENGALI.includes(processor.scriptTag ?? ''))
      for (const [index, { features: asked }] of glyphs.entries()) {
        const before = String.fromCodePoint(...(glyphs[index - 1]?.codePoints ?? []));
        if (GOES_ON.test(before)) delete asked.init;
      }
    applyFeatures.call(processor, features, glyphs, advances);
  };
}

class AnchorMissing extends Error {}

/** Without an anchor for the mark's class a table does not apply, and the next one is asked. */
function skipMissingAnchors(processor: Processor): void {
  const { applyLookup, getAnchor } = processor;
  processor.getAnchor = (anchor) => {
    if (anchor === null || anchor === undefined) throw new AnchorMissing();
    return getAnchor?.call(processor, anchor);
  };
  processor.applyLookup = (type, table) => {
    try {
      return applyLookup.call(processor, type, table);
    } catch (error) {
      if (error instanceof AnchorMissing) return false;
      throw error;
    }
  };
}
