/**
 * First local date on which a customer may be erased whose last document was issued on `lastIssued`: when so many whole calendar years have
 * passed since the end of the year of issue, which is where laws begin to count.
 */
export const erasableFrom = (lastIssued: string, retentionYears: number): string =>
  `${String(Number(lastIssued.slice(0, 4)) + retentionYears + 1).padStart(4, '0')}-01-01`;
