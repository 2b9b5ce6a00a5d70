import { type Block, SPACE } from './blocks.ts';
import { CONTENT_WIDTH, LEFT, putLines, type Sheet, STYLES, wrap } from './typesetting.ts';

/** A note longer than this goes over pages. */
const UNBROKEN_LINES = 20;
const GAP = 3;

/** Why no tax is added, what the document stands for, and the seller's own notes. */
export function noteBlocks(sheet: Sheet): Block[] {
  return notesOf(sheet).flatMap((text, index, all) => {
    const below = index === all.length - 1 ? SPACE : GAP;
    const lines = wrap(text, STYLES.label, CONTENT_WIDTH);
    const pieces: Block[] = [];
    for (let start = 0; start < lines.length; start += UNBROKEN_LINES) {
      const piece = lines.slice(start, start + UNBROKEN_LINES);
      const isLast = start + UNBROKEN_LINES >= lines.length;
      pieces.push({
        height: piece.length * STYLES.label.leading + (isLast ? below : 0),
        put: (y) => void putLines(sheet, piece, STYLES.label, LEFT, y),
      });
    }
    return pieces;
  });
}

function notesOf({ document, messages }: Sheet): string[] {
  const { tax_treatment: treatment, tax_treatment_reason: reason, corrects, replaces, notes = [] } = document;
  const texts: string[] = [];
  if (treatment !== 'standard') {
    const statement = messages.treatment[treatment];
    texts.push(reason === undefined ? statement : messages.treatmentReason(statement, reason));
  }
  if (corrects !== undefined) texts.push(messages.credited(corrects.number));
  if (replaces !== undefined) texts.push(messages.replacesNote(replaces.number));
  return [...texts, ...notes];
}
