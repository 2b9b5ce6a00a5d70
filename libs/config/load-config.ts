import { type Config, type Setting, type SettingName, settings } from './settings.ts';

/** Settings without which a process cannot run. */
export type Required<Names extends SettingName> = Config & { readonly [Name in Names]: NonNullable<Config[Name]> };

/**
 * Reads and checks the settings once. The only place that looks at the environment.
 * @throws ConfigError naming every setting that is wrong, missing or unknown.
 */
export function loadConfig<Names extends SettingName = never>(
  environment: Readonly<Record<string, string | undefined>>,
  required: readonly Names[] = [],
): Required<Names> {
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    const value = environment[name] === '' ? undefined : environment[name];
    const parsed = setting.schema.safeParse(value);
    if (parsed.success) config[name] = parsed.data;
    else
      faults.push(
        `${name} ${parsed.error.issues[0]?.message.replace(/^Invalid input: /, 'is not valid: ') ?? 'is not valid'}`,
      );
    if (value === undefined && required.includes(name as Names))
      faults.push(`${name} is not set: ${setting.description}`);
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('TOLLBOOK_') && !(name in settings)) faults.push(`${name} is not a setting of Tollbook`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return config as Required<Names>;
}

export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(`${faults.join('; ')}. The settings are listed in docs/operations.md.`);
    this.name = 'ConfigError';
  }
}

/** What the start-up log shows: every setting of a service, secrets only as set or not. */
export function printableConfig(config: Config): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    if (setting.client) continue;
    shown[name] = setting.secret ? (config[name] === undefined ? 'not set' : 'set') : config[name];
  }
  return shown;
}
