import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ImapClient } from '../../bench/imap-client';

type Script = (line: string, tag: string, socket: Socket) => void;

describe('the lean IMAP client', () => {
  let server: Server;
  const sockets: Socket[] = [];
  let script: Script = () => undefined;

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.write('* OK ready\r\n');
      socket.on('data', (data) => {
        const line = data.toString('latin1').trimEnd();
        const tag = line.split(' ')[0] ?? '';
        if (line.includes('LOGIN'))
          socket.write(`${tag} OK [CAPABILITY ${'X '.repeat(900)}] in\r\n`);
        else script(line, tag, socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const login = (): Promise<ImapClient> =>
    ImapClient.login({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, 'a', 'b');

  it('waits for the tagged line, in whatever pieces it comes', async () => {
    const client = await login();
    script = (_line, tag, socket) => {
      socket.write(`* 1 FETCH (BODY[1] {20}\r\nbench1 OK not yet\r\n)\r\n`);
      setImmediate(() => socket.write(tag.slice(0, 3)));
      setTimeout(() => socket.write(`${tag.slice(3)} OK done\r\n`), 5);
    };

    const answer = await client.command('UID FETCH 1 (BODY.PEEK[1])');

    expect(answer.toString('latin1')).toMatch(/OK not yet.*OK done\r\n$/s);
    client.close();
  });

  it('throws when the server refuses or leaves', async () => {
    const client = await login();
    script = (_line, tag, socket) => socket.write(`${tag} NO not today\r\n`);
    await expect(client.command('SELECT Lost')).rejects.toThrow(/SELECT Lost.*not today/);

    script = (_line, _tag, socket) => socket.destroy();
    await expect(client.command('NOOP')).rejects.toThrow(/closed/);
  });

  it('reads the uids of a search', async () => {
    const client = await login();
    script = (_line, tag, socket) => socket.write(`* SEARCH 4 80 1203\r\n${tag} OK done\r\n`);

    expect(await client.search('ALL')).toEqual([4, 80, 1203]);
    client.close();
  });
});
