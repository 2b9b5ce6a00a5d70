/** Letters that are all written from left to right. */
const PLAIN = /^[\0-\u058f]*$/;

/** A name within a sentence, in the bidirectional isolates of Unicode: written from right to left it does not turn the text around it. */
export const isolated = (text: string): string => (PLAIN.test(text) ? text : `\u2068${text}\u2069`);
