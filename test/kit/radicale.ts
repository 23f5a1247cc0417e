import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePorts } from '../../src/base/ports';
import {
  findBinary,
  inNewDirectory,
  type PrivateServer,
  startPrivateServer,
} from '../../src/demo/real/process';

/** Radicale of Debian, somebody else's CardDAV server, with one account. */
export interface Radicale {
  readonly origin: string;
  readonly login: string;
  readonly password: string;
  /** A request of the account, below its own collection: `book/one.vcf`. */
  ask(
    method: string,
    target: string,
    body?: string,
    headers?: Record<string, string>,
  ): Promise<Response>;
  stop(): Promise<void>;
}

const LOGIN = 'ada';

/** Starts one upon an empty folder, on a free port of this machine. */
export async function startRadicale(password: string): Promise<Radicale> {
  const file = await findBinary(['/usr/bin/radicale'], 'radicale');
  return inNewDirectory('radicale', async (directory) => {
    const [port = 0] = await freePorts(1);
    const users = path.join(directory, 'users');
    const config = path.join(directory, 'config');
    await mkdir(path.join(directory, 'books'));
    await writeFile(users, `${LOGIN}:${password}\n`, { mode: 0o600 });
    await writeFile(
      config,
      [
        '[server]',
        `hosts = 127.0.0.1:${port}`,
        '[auth]',
        'type = htpasswd',
        `htpasswd_filename = ${users}`,
        'htpasswd_encryption = plain',
        'delay = 0',
        '[storage]',
        `filesystem_folder = ${path.join(directory, 'books')}`,
        '',
      ].join('\n'),
    );
    const server: PrivateServer = await startPrivateServer({
      file,
      args: ['--config', config],
      port,
      directory,
    });
    const origin = `http://127.0.0.1:${port}`;
    const authorization = `Basic ${Buffer.from(`${LOGIN}:${password}`).toString('base64')}`;
    return {
      origin,
      login: LOGIN,
      password,
      ask: (method, target, body, headers = {}) =>
        fetch(`${origin}/${LOGIN}/${target}`, {
          method,
          headers: { authorization, ...headers },
          ...(body !== undefined && { body }),
        }),
      stop: () => server.stop(),
    };
  });
}
