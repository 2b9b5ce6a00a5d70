import { hash } from 'node:crypto';

/** 32 hex digits that stand for a correction id among the corrections of one event. */
export const correctionKey = (correctionId: string): string => hash('sha256', correctionId, 'hex').slice(0, 32);
