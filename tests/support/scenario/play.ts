import { expect } from '@jest/globals';
import { prove } from './prove.ts';
import { type Story, startStory } from './story.ts';

/** Plays a story, holds its documents against `books` (as book.ts writes them), and proves what every story must keep. */
export async function play(
  from: string,
  settings: Record<string, unknown>,
  tale: (story: Story) => Promise<void>,
  books: string,
): Promise<void> {
  const story = await startStory(from, settings);
  try {
    await tale(story);
    expect(`\n${await story.books()}\n`).toBe(books);
    await prove(story);
  } finally {
    await story.stop();
  }
}
