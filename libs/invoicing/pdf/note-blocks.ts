import { type Block, paragraphs, SPACE } from './blocks.ts';
import { CONTENT_WIDTH, LEFT, type Sheet, STYLES } from './typesetting.ts';

/** Why no tax is added, what the document stands for, and the seller's own notes; each a block, since they may be long. */
export function noteBlocks(sheet: Sheet): Block[] {
  return notesOf(sheet).map((text, index, all) => {
    const { height, put } = paragraphs(sheet, [{ text, style: STYLES.label }], LEFT, CONTENT_WIDTH);
    return { height: height + (index === all.length - 1 ? SPACE : 3), put };
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
