/**
 * Where a text stops being JSON: the offset of the first character that cannot stand there, or its length when it ends too early.
 * V8's own message names no position for a wrong token. Only called for texts that JSON.parse refused.
 */
export function findJsonFault(text: string): number {
  const stack: ('object' | 'array')[] = [];
  let at = 0;
  let expecting: Expecting = 'value';
  for (;;) {
    at = match(SPACE, text, at) ?? at;
    if (at >= text.length) return at;
    const character = text[at] as string;
    const allowed = step(expecting, character, stack);
    if (!allowed) return at;
    expecting = allowed;
    if (PUNCTUATION.has(character)) {
      at += 1;
      continue;
    }
    if (character === '"') {
      const end = endOfString(text, at);
      if (text[end] !== '"') return end;
      at = end + 1;
      continue;
    }
    const end = match(character === '-' || (character >= '0' && character <= '9') ? NUMBER : WORD, text, at);
    if (end === undefined) return at;
    at = end;
  }
}

/** What may come next. `first…`: the bracket may also close at once; `more`: a comma or the closing bracket. */
type Expecting = 'value' | 'first value' | 'first key' | 'key' | 'colon' | 'more' | 'end';

const PUNCTUATION = new Set(['{', '}', '[', ']', ':', ',']);
const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /(?:true|false|null)/y;

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Offset of the closing quote, or of the first character that a string cannot hold. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') {
      const end = match(ESCAPE, text, at);
      if (end === undefined) return at;
      at = end;
    } else if (text.charCodeAt(at) < 0x20) return at;
    else at += 1;
  }
  return at;
}

/** The state after `character`, or undefined when it cannot stand here. */
function step(expecting: Expecting, character: string, stack: ('object' | 'array')[]): Expecting | undefined {
  const after = (): Expecting => (stack.length === 0 ? 'end' : 'more');
  const open = (kind: 'object' | 'array', next: Expecting): Expecting => {
    stack.push(kind);
    return next;
  };
  const close = (): Expecting => {
    stack.pop();
    return after();
  };
  switch (expecting) {
    case 'first value':
      if (character === ']') return close();
      return step('value', character, stack);
    case 'value':
      if (character === '{') return open('object', 'first key');
      if (character === '[') return open('array', 'first value');
      return PUNCTUATION.has(character) ? undefined : after();
    case 'first key':
      if (character === '}') return close();
      return step('key', character, stack);
    case 'key':
      return character === '"' ? 'colon' : undefined;
    case 'colon':
      return character === ':' ? 'value' : undefined;
    case 'more':
      if (character === ',') return stack.at(-1) === 'object' ? 'key' : 'value';
      return character === (stack.at(-1) === 'object' ? '}' : ']') ? close() : undefined;
    case 'end':
      return undefined;
  }
}
