/** A name within a sentence, in the bidirectional isolates of Unicode: written from right to left it does not turn the text around it. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;
