import type { Uid } from '../../src/base/types';
import { startDemoImap } from '../../src/demo/imap';
import { ALL, aBench, aMessage, PASSWORD, until } from './mail-kit';

describe('a message that the agent moved back', () => {
  it('is no arrival to plugins, and the list tells it from one', async () => {
    const server = await startDemoImap({
      users: [
        {
          username: 'alice',
          password: PASSWORD,
          mailboxes: [
            { path: 'INBOX', messages: [{ raw: aMessage() }, { raw: aMessage() }] },
            { path: 'Autre' },
          ],
        },
      ],
    });
    const bench = aBench({ server });
    try {
      const { mail, actor, hooks } = bench;
      const list = () => mail.list(actor, { ...ALL, mailbox: 'INBOX', page: 1 });
      const arrived: Uid[][] = [];
      hooks.on('p', 'mail:arrived', ({ uids }) => {
        arrived.push([...uids]);
      });
      const kinds: string[] = [];
      const stop = mail.watch(actor, 'INBOX', ({ kind }) => kinds.push(kind));
      const isIdle = () => server.stats().recent.some((command) => /IDLE/i.test(command));
      await until('IDLE', isIdle);
      const { rows, uidValidity } = await list();
      const uids = rows.slice(0, 1).map(({ uid }) => uid);
      const away = await mail.move(actor, { mailbox: 'INBOX', uidValidity, uids }, 'Autre');
      if (away.moved?.uidValidity === undefined) throw new Error('the move was not told');

      const back = await mail.move(
        actor,
        { ...away.moved, uidValidity: away.moved.uidValidity },
        'INBOX',
      );
      const restored = back.moved?.uids ?? [];
      expect(restored).toHaveLength(1);
      expect((await list()).placed).toEqual(restored);
      const uid = server.deliver('alice', aMessage());
      await until('the arrival', () => arrived.length > 0);

      expect(arrived).toEqual([[uid]]);
      expect((await list()).placed).toEqual(restored);
      stop();
    } finally {
      await bench.close();
      await server.close();
    }
  });
});
