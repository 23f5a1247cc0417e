import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hookLines, measureHooks } from './hooks';

/** `npm run bench -- --hooks`: no mail server of its own, some twenty seconds. */
export async function benchHooks(root: string, isJson: boolean): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'estafette-bench-'));
  try {
    const figures = await measureHooks({ root, dir, tell: (text) => console.error(text) });
    console.log(isJson ? JSON.stringify({ hooks: figures }) : hookLines(figures).join('\n'));
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
