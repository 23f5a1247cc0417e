import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { silentLog } from '../../../src/base/log';
import { openStorage } from '../../../src/kernel/storage';
import { faultsOf } from '../sites/support';
import { cleanUp, newFolder } from './support';

afterEach(cleanUp);

const open = (dataDir: string, filename = path.join(dataDir, 'estafette.db')) =>
  openStorage(
    {
      dataDir,
      database: { filename },
      sources: { app: { file: 'app.json', value: {}, lines: new Map([['dataDir', 3]]) } },
    },
    silentLog(),
  );

describe('the places of data', () => {
  it('are made when they are not there, several levels deep', async () => {
    const dataDir = path.join(newFolder(), 'a', 'b');

    const db = await open(dataDir);
    await db.close();

    expect(existsSync(path.join(dataDir, 'estafette.db'))).toBe(true);
  });

  it('are refused where the system makes no folder, without an endless loop', async () => {
    await expect(open('/proc/nope/data')).rejects.toMatchObject({
      exitCode: 78,
      message:
        'app.json: dataDir: expected a folder that this program can write, found /proc/nope/data (ENOENT) (line 3)',
    });
  });

  it('are refused at configuration when a file has the name, or stands above', () => {
    const file = path.join(newFolder(), 'var');
    writeFileSync(file, '');

    expect(faultsOf({ app: { dataDir: file } })).toEqual([
      `app.json: dataDir: expected a folder that this program can write, found a file at ${file}`,
    ]);
    expect(faultsOf({ app: { dataDir: path.join(file, 'x') } })[0]).toContain(
      `the file ${file} above`,
    );
  });

  it('are refused when the database is no database', async () => {
    const dataDir = newFolder();
    writeFileSync(path.join(dataDir, 'estafette.db'), 'not a database at all, '.repeat(100));

    await expect(open(dataDir)).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('expected a SQLite database that this program can read'),
    });
  });
});
