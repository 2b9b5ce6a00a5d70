import type { Request } from 'express';
import { z } from 'zod';

export type ExportFormat = 'csv' | 'ndjson';

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
};

export const formatQuery = {
  format: z
    .enum(['csv', 'ndjson'])
    .optional()
    .describe('As Accept asks for if left out; ndjson where it does not care'),
};

/** What an export is to be written in. */
export function exportFormat(asked: ExportFormat | undefined, request: Request): ExportFormat {
  if (asked !== undefined) return asked;
  return request.accepts('application/x-ndjson', 'text/csv') === 'text/csv' ? 'csv' : 'ndjson';
}
