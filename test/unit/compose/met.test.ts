import type { Actor } from '../../../src/session/types';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

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

  it('are bounded', async () => {
    const crowd = Array.from({ length: 60 }, (_, i) => ({ name: '', mail: `p${i}@b.example` }));
    await stand.compose.meet(actor, crowd);

    expect(await stand.db.knex('correspondents').where({ user_id: 1 })).toHaveLength(20);
  });
});
