import { en } from './messages/en.ts';

/** What a language has to say: a further one is a file of this shape beside messages/en.ts. */
export type Messages = typeof en;

/** The language of documents. */
export const messages: Messages = en;
