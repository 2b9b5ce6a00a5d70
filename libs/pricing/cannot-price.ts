/** Something that the price needs is missing. `message` is a sentence that names it; nothing is priced by guess. */
export class CannotPrice extends Error {
  override readonly name = 'CannotPrice';
}
