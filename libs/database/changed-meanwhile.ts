/**
 * Given up, with nothing stored: what this was worked out from was changed by others before it could be stored. Whoever asks again is
 * served as if they had not asked. `what`: the beginning of a sentence, without a verb.
 */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';

  constructor(what: string) {
    super(`${what} was changed by others while this was worked out. Nothing was stored: try again.`);
  }
}
