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
  arabic: {
    package: '@expo-google-fonts/noto-sans-arabic',
    regular: '400Regular/NotoSansArabic_400Regular.ttf',
    semibold: '600SemiBold/NotoSansArabic_600SemiBold.ttf',
  },
  hebrew: {
    package: '@expo-google-fonts/noto-sans-hebrew',
    regular: '400Regular/NotoSansHebrew_400Regular.ttf',
    semibold: '600SemiBold/NotoSansHebrew_600SemiBold.ttf',
  },
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
} as const;

export type Typeface = keyof typeof TYPEFACES;
export type Weight = 'regular' | 'semibold';

const SCRIPTS: readonly (readonly [script: RegExp, typeface: Typeface])[] = [
  [/\p{Script_Extensions=Arabic}/u, 'arabic'],
  [/\p{Script_Extensions=Hebrew}/u, 'hebrew'],
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
