import { encode } from 'uqr';
import { INK, type Pdf } from './typesetting.ts';

/** Longer texts make a pattern that is too fine for print. */
const LONGEST = 300;

export const fitsQrCode = (text: string): boolean => Buffer.byteLength(text) <= LONGEST;

/** Draws a QR code (error correction M) in a square of `size` points, its dark modules up to the edge. */
export function putQrCode(pdf: Pdf, text: string, x: number, y: number, size: number): void {
  const { data, size: modules } = encode(text, { ecc: 'M', border: 0 });
  const rectangles: string[] = [];
  for (const [row, cells] of data.entries()) {
    let column = 0;
    while (column < modules) {
      let end = column;
      while (end < modules && cells[end]) end += 1;
      // Neighbours as one rectangle: no hairs between them, and a smaller file.
      if (end > column) rectangles.push(`${column} ${row} ${end - column} 1 re`);
      column = end + 1;
    }
  }
  // Whole modules as units, so that edges meet exactly.
  const module = (size / modules).toFixed(5);
  pdf.addContent(
    `q ${module} 0 0 ${module} ${x.toFixed(2)} ${y.toFixed(2)} cm ${INK} rg\n${rectangles.join('\n')}\nf Q`,
  );
}
