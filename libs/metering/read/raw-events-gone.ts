/** A part of an hour can only be counted from raw events, and those of that time were dropped by retention. */
export class RawEventsGone extends Error {
  override readonly name = 'RawEventsGone';
  /** Instants from this on can be cut anywhere; before it only at full hours of UTC. */
  readonly keptFrom: Date;

  constructor(keptFrom: Date) {
    super(
      `raw events are kept from ${keptFrom.toISOString()} on; before that usage can only be cut at full hours of UTC`,
    );
    this.keptFrom = keptFrom;
  }
}
