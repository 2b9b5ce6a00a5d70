/** A bound in bytes. Who finds no room waits in line; who waits too long goes away. */
export interface Room {
  /** Resolves with true once there is room, false when `timeoutMs` passed first. More than the whole bound enters alone. */
  enter(bytes: number, timeoutMs: number): Promise<boolean>;
  leave(bytes: number): void;
  taken(): number;
  untilEmpty(timeoutMs: number): Promise<void>;
}

export function createRoom(bound: number): Room {
  let taken = 0;
  const line: { bytes: number; enter: () => void }[] = [];
  let emptied: (() => void)[] = [];

  const fits = (bytes: number) => taken === 0 || taken + bytes <= bound;
  const admit = () => {
    while (line[0] && fits(line[0].bytes)) line.shift()?.enter();
  };
  return {
    taken: () => taken,
    enter(bytes, timeoutMs) {
      // In line even if there is room: a large one must not be passed by small ones for ever.
      if (line.length === 0 && fits(bytes)) {
        taken += bytes;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const place = {
          bytes,
          enter() {
            clearTimeout(timer);
            taken += bytes;
            resolve(true);
          },
        };
        const timer = setTimeout(() => {
          line.splice(line.indexOf(place), 1);
          resolve(false);
          // It may have been the one that held up the rest.
          admit();
        }, timeoutMs);
        line.push(place);
      });
    },
    leave(bytes) {
      taken -= bytes;
      admit();
      if (taken > 0) return;
      for (const resolve of emptied) resolve();
      emptied = [];
    },
    untilEmpty(timeoutMs) {
      if (taken === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        emptied.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
