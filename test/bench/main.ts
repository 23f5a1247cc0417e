import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { benchContacts } from './contacts';
import { benchDirectory } from './directory';
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
  if (options.directory) return benchDirectory(options.json);
  const dir = mkdtempSync(path.join(tmpdir(), 'estafette-bench-'));
  try {
    const tell = (text: string): void => console.error(text);
    const report = await bench({ root: ROOT, dir, options, cores: cpus().length, tell });
    const hooks =
      options.only.length === 0 ? await measureHooks({ root: ROOT, dir, tell }) : undefined;
    const lines = hooks ? ['', 'Hooks and plugins', ...hookLines(hooks)] : [];
    console.log(
      options.json ? JSON.stringify({ ...report, hooks }) : [asText(report), ...lines].join('\n'),
    );
    if (options.write) {
      const file = path.join(ROOT, 'docs', 'reports', 'bench.md');
      mkdirSync(path.dirname(file), { recursive: true });
      const items = hooks
        ? ['', '## Hooks and plugins', '', ...hookLines(hooks).map((line) => `- ${line}`), '']
        : [];
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
