import { PLANTED } from './planted.ts';
import { scanLogs } from './scan-logs.ts';

const SHOWN = 50;

/** One sentence for each secret in a log, and for each kind of log that was not looked into. */
export async function judgeLogs(folder: string): Promise<string[]> {
  const { files, bytes, found } = await scanLogs(folder);
  const isPlanted = ({ beginning }: { readonly beginning: string }) => PLANTED.startsWith(beginning.slice(0, -1));
  const planted = found.filter(isPlanted).map(({ file }) => file);
  const blind = [/\/logger-\d+$/, /\.stderr$/].filter((kind) => !planted.some((file) => kind.test(file)));
  const faults = found.filter((secret) => !isPlanted(secret));
  return [
    ...blind.map((kind) => `of ${files} files with ${bytes} bytes none like ${kind} shows what was planted there`),
    ...faults.slice(0, SHOWN).map(({ file, line, kind, beginning }) => `${file}:${line}: ${kind}: ${beginning}`),
    ...(faults.length > SHOWN ? [`and ${faults.length - SHOWN} more`] : []),
  ];
}
