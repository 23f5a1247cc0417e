// One of several processes that write the same log: `writer.ts <file> <lines>`.
import { createAudit } from '../../../src/audit';
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import { openDatabase } from '../../../src/kernel/db';
import { keys, marees } from './kit';

const [filename = '', lines = '0'] = process.argv.slice(2);

async function main(): Promise<void> {
  const db = await openDatabase({ client: 'sqlite', filename, log: silentLog() });
  const audit = createAudit({
    db,
    clock: systemClock,
    hooks: { action: async () => {} },
    sites: [marees],
    keys,
  });
  for (let n = 0; n < Number(lines); n += 1) {
    await audit.record({ site: marees, actor: `child-${process.pid}`, event: 'session:opened' });
  }
  await db.close();
}

void main();
