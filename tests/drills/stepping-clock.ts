/* Loaded before a process (node --import): its clock goes wrong by as many milliseconds as CLOCK_STEPS says, one after the other, with each SIGUSR2. */

const steps = (process.env.CLOCK_STEPS ?? '').split(',').map(Number);
let offset = 0;
const RealDate = Date;
const realNow = Date.now;

class SteppingDate extends RealDate {
  constructor(...args: [] | ConstructorParameters<typeof RealDate>) {
    if (args.length === 0) super(realNow() + offset);
    else super(...(args as ConstructorParameters<typeof RealDate>));
  }
  static override now(): number {
    return realNow() + offset;
  }
}
globalThis.Date = SteppingDate as DateConstructor;

process.on('SIGUSR2', () => {
  offset = steps.shift() ?? 0;
  console.log(`clock is wrong by ${offset} ms`);
});
