import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { benchCalendar, calendarLines, measureCalendar } from './calendar';
import { benchContacts } from './contacts';
import { benchDirectory, lookupLines, measureLookups } from './directory';
import { hookLines, measureHooks } from './hooks';
import { benchHooks } from './hooks-main';
import { type BenchOptions, parseOptions, USAGE } from './options';
import { asMarkdown, asText } from './report';
import { bench } from './run';

const ROOT = path.resolve(__dirname, '..', '..');

/** Exits with 0 whatever the figures are: they are to be read, not to fail a build on a busy machine. */
async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return;
  if (options.hooks) return benchHooks(ROOT, options.json);
  if (options.contacts) return benchContacts(ROOT, options.json);
  if (options.calendar) return benchCalendar(ROOT, options.json);
  if (options.directory) return benchDirectory(options.json);
  const dir = mkdtempSync(path.join(tmpdir(), 'estafette-bench-'));
  try {
    const tell = (text: string): void => console.error(text);
    const report = await bench({ root: ROOT, dir, options, cores: cpus().length, tell });
    const isWhole = options.only.length === 0;
    const hooks = isWhole ? await measureHooks({ root: ROOT, dir, tell }) : undefined;
    const lookups = isWhole && !options.quick ? await measureLookups(tell) : undefined;
    const calendar = isWhole && !options.quick ? await measureCalendar(ROOT, tell) : undefined;
    const parts = [
      ...(hooks ? [{ title: 'Hooks and plugins', lines: hookLines(hooks) }] : []),
      ...(lookups ? [{ title: 'Directory and suggestions', lines: lookupLines(lookups) }] : []),
      ...(calendar ? [{ title: 'Calendar', lines: calendarLines(calendar) }] : []),
    ];
    const texts = parts.flatMap(({ title, lines }) => ['', title, ...lines]);
    console.log(
      options.json
        ? JSON.stringify({ ...report, hooks, lookups, calendar })
        : [asText(report), ...texts].join('\n'),
    );
    if (options.write) {
      const file = path.join(ROOT, 'docs', 'reports', 'bench.md');
      mkdirSync(path.dirname(file), { recursive: true });
      const items = parts.flatMap(({ title, lines }) => [
        '',
        `## ${title}`,
        '',
        ...lines.map((line) => `- ${line}`),
        '',
      ]);
      writeFileSync(file, asMarkdown(report) + items.join('\n'));
      tell(`written: ${path.relative(ROOT, file)}`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

function readOptions(): BenchOptions | undefined {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (!options.help) return options;
    console.log(USAGE);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 64;
  }
  return undefined;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error('the bench could not run:', error);
    process.exit(1);
  },
);
