import { accessSync, constants } from 'node:fs';
import type { Log } from '../base/log';
import { type ConfigSource, issueAt } from './config-check';
import { ConfigError } from './config-errors';
import { openDatabase } from './db';
import type { Database } from './db-types';
import { errorCode } from './error-code';
import { folderFault, makeFolder } from './folders';

/** What the configuration says of the places where data is kept. */
export interface StorageConfig {
  readonly dataDir: string;
  readonly database: { readonly filename: string };
  readonly sources: { readonly app: ConfigSource };
}

const DATABASE = 'expected a SQLite database that this program can read and write';
/** What SQLite and the system say of a file that will not do, whatever the moment. */
const UNUSABLE =
  /^(?:SQLITE_(?:NOTADB|CORRUPT|CANTOPEN|READONLY|PERM|IOERR)|EACCES|EPERM|EISDIR|ENOTDIR|ENOENT|EROFS)$/;

/** Makes the data folder and opens the database; a place that will not do is a fault of `app.json`. */
export async function openStorage(config: StorageConfig, log: Log): Promise<Database> {
  const { dataDir, database, sources } = config;
  const { filename } = database;
  checkFolder(dataDir, sources.app);
  try {
    return await openDatabase({ filename, log });
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || !UNUSABLE.test(code)) throw error;
    throw fault(sources.app, ['database', 'filename'], `${DATABASE}, found ${filename} (${code})`);
  }
}

function checkFolder(dataDir: string, app: ConfigSource): void {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fault(app, ['dataDir'], folderFault(dataDir, error));
  }
}

const fault = (source: ConfigSource, at: readonly string[], message: string): ConfigError =>
  new ConfigError([issueAt(source, at, message)]);
