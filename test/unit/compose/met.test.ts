import type { Actor } from '../../../src/session/types';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';
import { statementsOf } from '../../kit/statements';

let smtp: ScriptedSmtp;
let stand: Stand;
let actor: Actor;

beforeEach(async () => {
  smtp = await startScriptedSmtp();
  stand = await aComposeStand();
  actor = aWriter({ smtpPort: smtp.port });
});
afterEach(async () => {
  await stand.close();
  await smtp.close();
});

const YASMINE = { name: 'Yasmine Benali', mail: 'y.benali@elsewhere.example' };
const mails = async (query: string) =>
  (await stand.compose.suggest(actor, query, 'to')).map(({ mail }) => mail);

const statements = (run: () => Promise<unknown>) => statementsOf(stand.db, run);

describe('people of an opened message', () => {
  it('are suggested by name, to this agent alone, and oneself never is', async () => {
    await stand.compose.meet(actor, [YASMINE, { name: 'Alice', mail: actor.user.mail }]);

    expect(await stand.compose.suggest(actor, 'yas', 'to')).toMatchObject([YASMINE]);
    expect(await mails('alice')).toEqual([]);
    expect(await stand.compose.suggest(aWriter({ id: 2 }), 'yas', 'to')).toEqual([]);
  });

  it('come below those written to, and name those written to without one', async () => {
    const id = 'met-000000000000000001';
    await stand.compose.ensure(actor, id, { mode: 'new' });
    const fields = { identity: '', to: 'odile@b.example', cc: '', bcc: '', subject: 's' };
    const draft = { ...fields, format: 'plain' as const, text: 't', html: '' };
    await stand.compose.save(actor, id, draft, { baseRevision: 0, toServer: false });
    await stand.compose.send(actor, id, { confirmed: [] });

    await stand.compose.meet(actor, [
      { name: 'Odile Autre', mail: 'autre@b.example' },
      { name: 'Odile Roy', mail: 'Odile@b.example' },
    ]);

    expect(await stand.compose.suggest(actor, 'odile', 'to')).toMatchObject([
      { name: 'Odile Roy', mail: 'odile@b.example' },
      { mail: 'autre@b.example' },
    ]);
  });

  it('cost nothing once they are known, and one reading after a restart', async () => {
    const people = Array.from({ length: 12 }, (_, i) => ({
      name: i === 0 ? '' : `Personne ${i}`,
      mail: `p${i}@b.example`,
    }));
    const first = await statements(() => stand.compose.meet(actor, people));
    const again = await statements(() => stand.compose.meet(actor, people));
    const restarted = await statements(() => stand.another().meet(actor, people));

    expect(first.filter((sql) => !sql.startsWith('select')).length).toBeLessThanOrEqual(2);
    expect(again).toEqual([]);
    expect(restarted).toEqual([expect.stringMatching(/^select/)]);

    await stand.compose.meet(actor, [{ name: 'Paul Premier', mail: 'p0@b.example' }]);
    expect(await mails('premier')).toEqual(['p0@b.example']);
  });

  it('are learnt in few statements, each counted once for a message', async () => {
    const to = Array.from({ length: 45 }, (_, i) => `p${i}@b.example`).join(', ');
    const fields = { identity: '', to, cc: 'P1@b.example', bcc: '', subject: 's' };
    const draft = { ...fields, format: 'plain' as const, text: 't', html: '' };
    const used: string[] = [];
    for (const id of ['met-000000000000000002', 'met-000000000000000003']) {
      await stand.compose.ensure(actor, id, { mode: 'new' });
      await stand.compose.save(actor, id, draft, { baseRevision: 0, toServer: false });
      used.push(
        ...(await statements(() => stand.compose.send(actor, id, { confirmed: [] }))).filter(
          (sql) => sql.includes('`correspondents`') && !sql.startsWith('select'),
        ),
      );
    }

    const rows: unknown[] = await stand.db.knex('correspondents').where({ uses: 2 });
    expect(rows).toHaveLength(45);
    expect(used).toHaveLength(4);
  });

  it('keep the name that an address without one follows', async () => {
    await stand.compose.meet(actor, [YASMINE]);
    const fields = { identity: '', to: YASMINE.mail, cc: '', bcc: '', subject: 's' };
    const draft = { ...fields, format: 'plain' as const, text: 't', html: '' };
    const id = 'met-000000000000000004';
    await stand.compose.ensure(actor, id, { mode: 'new' });
    await stand.compose.save(actor, id, draft, { baseRevision: 0, toServer: false });
    await stand.compose.send(actor, id, { confirmed: [] });

    expect(await stand.compose.suggest(actor, 'yas', 'to')).toMatchObject([YASMINE]);
  });

  it('keep the name of an address that the message has again without one', async () => {
    await stand.compose.meet(actor, [YASMINE, { name: '', mail: YASMINE.mail.toUpperCase() }]);

    expect(await stand.compose.suggest(actor, 'yas', 'to')).toMatchObject([YASMINE]);
  });

  it('push out the oldest beyond a limit, and nobody who was written to', async () => {
    const at = (i: number) => ({ last_used: i, user_id: 1, words: '', mail: `old${i}@b.example` });
    await stand.db.knex('correspondents').insert({ ...at(0), name: 'Écrit', uses: 1 });
    for (let start = 1; start <= 1000; start += 100) {
      const rows = Array.from({ length: 100 }, (_, i) => ({ ...at(start + i), name: '', uses: 0 }));
      await stand.db.knex('correspondents').insert(rows);
    }

    await stand.compose.meet(actor, [YASMINE]);

    const left = async (mail: string) =>
      (await stand.db.knex('correspondents').where({ mail })).length;
    expect(await left('old0@b.example')).toBe(1);
    expect(await left('old1@b.example')).toBe(0);
    expect(await left('old2@b.example')).toBe(1);
    expect(await left(YASMINE.mail)).toBe(1);
  });

  it('are bounded', async () => {
    const crowd = Array.from({ length: 60 }, (_, i) => ({ name: '', mail: `p${i}@b.example` }));
    await stand.compose.meet(actor, crowd);

    expect(await stand.db.knex('correspondents').where({ user_id: 1 })).toHaveLength(20);
  });
});
