/** Scripts that Noto Sans sets: a font each, in files of one pattern. */
const NOTO_SANS = [
  'Arabic',
  'Hebrew',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Thai',
  'Lao',
  'Khmer',
  'Ethiopic',
] as const;
type NotoSans = Lowercase<(typeof NOTO_SANS)[number]>;

interface Faces {
  readonly package: string;
  readonly regular: string;
  readonly semibold: string;
}

/**
 * The typefaces of documents, all SIL OFL 1.1 from npm packages. Inter sets Latin, Greek and Cyrillic and has figures of equal width;
 * the others are read only when a text needs them. Paths are relative to the folder of the package's entry.
 */
export const TYPEFACES = {
  inter: {
    package: '@expo-google-fonts/inter',
    regular: '400Regular/Inter_400Regular.ttf',
    semibold: '600SemiBold/Inter_600SemiBold.ttf',
  },
  ...(Object.fromEntries(NOTO_SANS.map((script) => [script.toLowerCase(), notoSans(script)])) as Record<
    NotoSans,
    Faces
  >),
  korean: {
    package: '@expo-google-fonts/nanum-gothic',
    regular: '400Regular/NanumGothic_400Regular.ttf',
    semibold: '700Bold/NanumGothic_700Bold.ttf',
  },
  /** Han, kana and symbols. */
  chinese: {
    package: '@embedpdf/fonts-sc',
    regular: '../fonts/NotoSansHans-Regular.otf',
    semibold: '../fonts/NotoSansHans-Bold.otf',
  },
} as const satisfies Record<string, Faces>;

export type Typeface = keyof typeof TYPEFACES;
export type Weight = 'regular' | 'semibold';

const SCRIPTS: readonly (readonly [script: RegExp, typeface: Typeface])[] = [
  ...NOTO_SANS.map(
    (script) => [new RegExp(`\\p{Script_Extensions=${script}}`, 'u'), script.toLowerCase() as NotoSans] as const,
  ),
  [/\p{Script_Extensions=Hangul}/u, 'korean'],
  [
    /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Common}]/u,
    'chinese',
  ],
];

/** What may set a character that Inter has not, best first. */
export function fallbacksFor(character: string): readonly Typeface[] {
  return SCRIPTS.filter(([script]) => script.test(character)).map(([, typeface]) => typeface);
}

function notoSans(script: (typeof NOTO_SANS)[number]): Faces {
  return {
    package: `@expo-google-fonts/noto-sans-${script.toLowerCase()}`,
    regular: `400Regular/NotoSans${script}_400Regular.ttf`,
    semibold: `600SemiBold/NotoSans${script}_600SemiBold.ttf`,
  };
}
