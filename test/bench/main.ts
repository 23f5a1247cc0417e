import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { type BenchOptions, parseOptions, USAGE } from './options';
import { asMarkdown, asText } from './report';
import { bench } from './run';

const ROOT = path.resolve(__dirname, '..', '..');

/** Exits with 0 whatever the figures are: they are to be read, not to fail a build on a busy machine. */
async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return;
  const dir = mkdtempSync(path.join(tmpdir(), 'estafette-bench-'));
  try {
    const tell = (text: string): void => console.error(text);
    const report = await bench({ root: ROOT, dir, options, cores: cpus().length, tell });
    console.log(options.json ? JSON.stringify(report) : asText(report));
    if (options.write) {
      const file = path.join(ROOT, 'docs', 'reports', 'bench.md');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, asMarkdown(report));
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
