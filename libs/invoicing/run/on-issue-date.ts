import { IssueDateMoved } from './issue-documents.ts';

/** Does what issues documents; should midnight come between, it is done anew for the new date. `work` is a transaction or several. */
export async function onIssueDate<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof IssueDateMoved)) throw error;
    }
  }
}
