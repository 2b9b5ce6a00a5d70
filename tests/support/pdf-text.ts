import { inflateSync } from 'node:zlib';

/**
 * The text of a PDF as a reader would copy it, without outside tools: pages separated by a form feed, lines from top to bottom, parts
 * of a line from left to right with a tab where there is a gap. It reads what pdfkit writes (objects in the open, one-level streams,
 * embedded fonts with two-byte glyph ids) and goes through each font's ToUnicode table, so that a page that cannot be
 * copied or searched fails here, too.
 */
export async function pdfText(bytes: Buffer): Promise<string> {
  const objects = readObjects(bytes);
  const root = [...objects.values()].find((object) => /\/Type \/Catalog\b/.test(object.dictionary));
  if (root === undefined) throw new Error('this is no PDF that pdfText can read: it has no catalog');
  const pages = pagesBelow(reference(root.dictionary, 'Pages'), objects);
  return pages.map((page) => pageText(page, objects)).join('\f');
}

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | null;
}
type Objects = ReadonlyMap<number, PdfObject>;

/** One show operator: where it begins, where it ends, and what it says. */
interface Fragment {
  readonly x: number;
  readonly end: number;
  readonly y: number;
  readonly size: number;
  readonly text: string;
}

interface Font {
  readonly characters: ReadonlyMap<number, string>;
  readonly widths: readonly number[];
}

function readObjects(bytes: Buffer): Objects {
  const text = bytes.toString('latin1');
  const objects = new Map<number, PdfObject>();
  const start = /(\d+) 0 obj\n/g;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const end = text.indexOf('endobj', start.lastIndex);
    const streamAt = text.indexOf('\nstream\n', start.lastIndex);
    const hasStream = streamAt >= 0 && streamAt < end;
    const dictionary = text.slice(start.lastIndex, hasStream ? streamAt : end);
    let stream: Buffer | null = null;
    if (hasStream) {
      // Binary streams may hold the word "endobj": go by their length.
      const from = streamAt + '\nstream\n'.length;
      const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
      stream = bytes.subarray(from, from + length);
      start.lastIndex = from + length;
    } else {
      start.lastIndex = end;
    }
    objects.set(Number(match[1]), { dictionary, stream });
  }
  return objects;
}

function reference(dictionary: string, name: string): number {
  const match = new RegExp(`/${name} (?:\\[)?(\\d+) 0 R`).exec(dictionary);
  if (match === null) throw new Error(`the PDF has no reference /${name} in ${dictionary.slice(0, 200)}`);
  return Number(match[1]);
}

function objectAt(id: number, objects: Objects): PdfObject {
  const object = objects.get(id);
  if (object === undefined) throw new Error(`the PDF refers to object ${id}, which it does not have`);
  return object;
}

function contentOf({ dictionary, stream }: PdfObject): string {
  const raw = stream ?? Buffer.alloc(0);
  return (/\/FlateDecode\b/.test(dictionary) ? inflateSync(raw) : raw).toString('latin1');
}

function pagesBelow(id: number, objects: Objects): PdfObject[] {
  const node = objectAt(id, objects);
  if (!/\/Type \/Pages\b/.test(node.dictionary)) return [node];
  const kids = /\/Kids \[([^\]]*)\]/.exec(node.dictionary)?.[1] ?? '';
  return [...kids.matchAll(/(\d+) 0 R/g)].flatMap((kid) => pagesBelow(Number(kid[1]), objects));
}

function pageText(page: PdfObject, objects: Objects): string {
  const resources = objectAt(reference(page.dictionary, 'Resources'), objects).dictionary;
  const fontList = /\/Font <<([^>]*)>>/.exec(resources)?.[1] ?? '';
  const fonts = new Map(
    [...fontList.matchAll(/\/(\w+) (\d+) 0 R/g)].map((font) => [font[1] ?? '', readFont(Number(font[2]), objects)]),
  );
  const content = contentOf(objectAt(reference(page.dictionary, 'Contents'), objects));
  return linesOf(fragmentsOf(content, fonts));
}

function readFont(id: number, objects: Objects): Font {
  const { dictionary } = objectAt(id, objects);
  if (!/\/ToUnicode /.test(dictionary))
    throw new Error('a font of the PDF has no ToUnicode table: its text cannot be copied');
  const table = contentOf(objectAt(reference(dictionary, 'ToUnicode'), objects));
  const characters = new Map<number, string>();
  for (const [, first = '', list = ''] of table.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    for (const [index, code] of [...list.matchAll(/<([\da-fA-F ]*)>/g)].entries()) {
      characters.set(Number.parseInt(first, 16) + index, fromUtf16(code[1] ?? ''));
    }
  }
  const descendant = objectAt(reference(dictionary, 'DescendantFonts'), objects).dictionary;
  const widths = /\/W \[0 \[([^\]]*)\]/.exec(descendant)?.[1] ?? '';
  return { characters, widths: widths.split(' ').map(Number) };
}

function fromUtf16(hex: string): string {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le');
}

function fragmentsOf(content: string, fonts: ReadonlyMap<string, Font>): Fragment[] {
  const fragments: Fragment[] = [];
  const show =
    /(?:\/Span <<\/ActualText <(?<actual>[\da-f]+)>>> BDC\n)?BT\n1 0 0 -1 (?<x>[-\d.]+) (?<y>[-\d.]+) Tm\n\/(?<font>\w+) (?<size>[\d.]+) Tf\n(?<rest>[\s\S]*?)ET/g;
  for (const { groups } of content.matchAll(show)) {
    const font = fonts.get(groups?.font ?? '');
    if (groups === undefined || font === undefined)
      throw new Error('the PDF shows text in a font that its page does not name');
    const size = Number(groups.size);
    const { text, width } = shown(groups.rest ?? '', font);
    const x = Number(groups.x);
    fragments.push({
      x,
      end: x + (width * size) / 1000,
      y: Number(groups.y),
      size,
      text: groups.actual === undefined ? inReadingOrder(text) : fromUtf16(groups.actual).slice(1),
    });
  }
  return fragments;
}

function shown(operators: string, font: Font): { text: string; width: number } {
  let text = '';
  let width = 0;
  const parts = /(?:\/Span <<\/ActualText <(?<actual>[\da-f]+)>>> BDC\n)?\[(?<array>[^\]]*)\] TJ/g;
  for (const { groups } of operators.matchAll(parts)) {
    for (const [, hex, shift] of (groups?.array ?? '').matchAll(/<([\da-f]*)>|(-?[\d.]+)/gi)) {
      if (shift !== undefined) width -= Number(shift);
      for (const glyph of hex?.match(/.{4}/g) ?? []) {
        const id = Number.parseInt(glyph, 16);
        if (groups?.actual === undefined) text += font.characters.get(id) ?? '\ufffd';
        width += font.widths[id] ?? 0;
      }
    }
    if (groups?.actual !== undefined) text += fromUtf16(groups.actual).slice(1);
  }
  return { text, width };
}

/** Glyphs stand from left to right; Hebrew and Arabic letters are read the other way, marks behind the letter that bears them. */
function inReadingOrder(text: string): string {
  return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text) && !/[\p{N}]/u.test(text)
    ? [...text].reverse().join('')
    : text;
}

/** Baselines within a third of the type size are one line: figures may be set smaller than the words beside them. */
function linesOf(fragments: readonly Fragment[]): string {
  const lines: Fragment[][] = [];
  for (const fragment of [...fragments].sort((a, b) => a.y - b.y)) {
    const line = lines.at(-1);
    const first = line?.[0];
    if (line !== undefined && first !== undefined && fragment.y - first.y < fragment.size / 3) line.push(fragment);
    else lines.push([fragment]);
  }
  return lines.map(joined).join('\n');
}

function joined(line: readonly Fragment[]): string {
  let text = '';
  let end = Number.NEGATIVE_INFINITY;
  for (const fragment of [...line].sort((a, b) => a.x - b.x)) {
    const gap = fragment.x - end > fragment.size / 4 ? '\t' : '';
    text += text === '' ? fragment.text : gap + fragment.text;
    end = fragment.end;
  }
  return text;
}
