import type { Command } from 'commander';
import { buildProgram } from '#cli/build-program.ts';

const HEAD = `# The command line

It is part of the repository and not published by itself. Three ways to run it:

| where | how |
|---|---|
| in the clone, after \`npm ci\` | \`npx tollbook …\` |
| from any other folder | \`node /path/to/the/clone/cli/tollbook.js …\` (an older Node starts the one that \`npm ci\` brought) |
| in a container of the image | \`docker compose exec -e TOLLBOOK_API_KEY api node cli/tollbook.js …\` |

What follows is made from \`tollbook help\` by \`npm run docs:cli\`; a test compares.

`;

/** docs/cli.md: what every command says of itself. */
export function cliPage(): string {
  const program = buildProgram(
    { environment: {}, stdout: process.stdout, stderr: process.stderr, interrupted: new AbortController().signal },
    () => {},
  );
  const sections = commandsOf(program).map(
    ({ name, command }) => `## ${name}\n\n\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\`\n`,
  );
  return `${HEAD}${sections.join('\n')}`;
}

/** All commands with their whole names, the ones that only hold others left out. */
export function commandsOf(program: Command): { readonly name: string; readonly command: Command }[] {
  const inner = (command: Command, name: string): { name: string; command: Command }[] =>
    command.commands.flatMap((own) => {
      const whole = `${name} ${own.name()}`;
      return own.commands.length > 0 ? inner(own, whole) : [{ name: whole, command: own }];
    });
  return [{ name: program.name(), command: program }, ...inner(program, program.name())];
}

/** As \`--help\` prints it, with what was added behind. */
export function helpOf(command: Command): string {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({
    ...before,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  command.configureOutput(before);
  return text;
}
