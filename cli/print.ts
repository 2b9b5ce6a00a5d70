import type { Surroundings } from './surroundings.ts';

/** What a command has to say: one line of JSON where that was asked for, text for people otherwise. */
export function print(
  { stdout }: Pick<Surroundings, 'stdout'>,
  isJson: boolean,
  value: unknown,
  text: () => string,
): void {
  stdout.write(isJson ? `${JSON.stringify(value)}\n` : text());
}

export interface JsonFlag {
  readonly json?: true;
}
