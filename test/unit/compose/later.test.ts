import type { DraftFields } from '../../../src/compose';
import type { Actor } from '../../../src/session/types';
import { aComposeStand, aWriter, type Stand, type StandOptions } from '../../kit/compose-stand';
import { type MovingClock, movingClock } from '../../kit/moving-clock';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

let smtp: ScriptedSmtp;
let actor: Actor;
let clock: MovingClock;
const stands: Stand[] = [];

beforeEach(async () => {
  smtp = await startScriptedSmtp();
  actor = aWriter({ smtpPort: smtp.port });
  clock = movingClock();
});
afterEach(async () => {
  for (const stand of stands.splice(0)) await stand.close();
  await smtp.close();
});

async function aStand(options: StandOptions = {}): Promise<Stand> {
  const stand = await aComposeStand({ clock, awayPort: smtp.port, ...options });
  stands.push(stand);
  return stand;
}

const FIELDS: DraftFields = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'Plus tard',
  format: 'plain',
  text: 'Bonjour,\n',
  html: '',
};
const ID = 'later-0000000000000001';
const HOUR_MS = 3_600_000;

/** A draft that leaves in an hour. */
async function putOff({ compose }: Stand, at = clock.now() + HOUR_MS) {
  await compose.ensure(actor, ID, { mode: 'new' });
  await compose.save(actor, ID, FIELDS, { baseRevision: 0, toServer: false });
  return compose.send(actor, ID, { confirmed: [], at });
}
const states = async ({ compose }: Stand) =>
  (await compose.putOff(actor)).map(({ state }) => state);

it('leaves at its time, once, with nobody there, and is filed', async () => {
  const stand = await aStand();
  expect(await putOff(stand)).toMatchObject({ kind: 'scheduled' });
  await stand.compose.sendDue();
  expect(smtp.delivered).toHaveLength(0);
  expect(await stand.compose.putOff(actor)).toMatchObject([
    { subject: 'Plus tard', state: 'waiting', recipients: [{ mail: 'bob@culture.example' }] },
  ]);

  clock.forward(HOUR_MS);
  const other = stand.another();
  await Promise.all([stand.compose.sendDue(), other.sendDue(), stand.compose.sendDueOf(actor)]);
  await stand.compose.sendDue();

  expect(smtp.delivered).toHaveLength(1);
  expect(stand.mail.all('Sent')).toHaveLength(1);
  expect(await states(stand)).toEqual([]);
  const row = await stand.db.knex('outbox').where({ draft_id: ID }).first();
  expect(row).toMatchObject({ state: 'sent', access: null });
});

it('called back, is a draft as it was; its sending again is another', async () => {
  const stand = await aStand();
  await putOff(stand);
  expect(await stand.compose.callBack(actor, ID)).toBe(true);
  expect(await stand.compose.callBack(actor, ID)).toBe(false);
  const draft = await stand.compose.load(actor, ID);
  expect(draft).toMatchObject({ ...FIELDS, sending: undefined });
  expect(stand.mail.all('Drafts')).toHaveLength(1);
  clock.forward(2 * HOUR_MS);
  await stand.compose.sendDue();
  expect(smtp.delivered).toHaveLength(0);
  expect(await stand.compose.send(actor, ID, { confirmed: [] })).toMatchObject({ kind: 'sent' });
  expect(smtp.delivered).toHaveLength(1);
  expect(stand.mail.all('Drafts')).toHaveLength(0);
});

it('of calling back and leaving at the same moment, one happens', async () => {
  const stand = await aStand();
  for (let round = 0; round < 10; round++) {
    const before = smtp.delivered.length;
    const id = `later-race-${round}`.padEnd(22, 'x');
    await stand.compose.ensure(actor, id, { mode: 'new' });
    await stand.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: false });
    await stand.compose.send(actor, id, { confirmed: [], at: clock.now() + HOUR_MS });
    clock.forward(2 * HOUR_MS);
    const [isBack] = await Promise.all([
      stand.compose.callBack(actor, id),
      stand.compose.sendDue(),
    ]);
    expect(smtp.delivered.length - before).toBe(isBack ? 0 : 1);
  }
});

it('is written on by nobody while it waits, and leaves at another time when asked', async () => {
  const stand = await aStand();
  await putOff(stand);
  const changed = { ...FIELDS, text: 'Autre chose' };
  await expect(
    stand.compose.save(actor, ID, changed, { baseRevision: 1, toServer: false }),
  ).rejects.toThrow('draft/conflict');
  expect(await stand.compose.putOffTo(actor, ID, clock.now() + 3 * HOUR_MS)).toBe(true);
  clock.forward(2 * HOUR_MS);
  await stand.compose.sendDue();
  expect(smtp.delivered).toHaveLength(0);
  expect(await stand.compose.resend(actor, ID)).toMatchObject({ kind: 'sent' });
  expect(await stand.compose.putOffTo(actor, ID, clock.now() + HOUR_MS)).toBe(false);
  clock.forward(2 * HOUR_MS);
  await stand.compose.sendDue();
  expect(smtp.delivered).toHaveLength(1);
});

it('belongs to its agent alone', async () => {
  const stand = await aStand();
  await putOff(stand);
  const bob = aWriter({ smtpPort: smtp.port, id: 2 });
  expect(await stand.compose.putOff(bob)).toEqual([]);
  expect(await stand.compose.callBack(bob, ID)).toBe(false);
  expect(await stand.compose.putOffTo(bob, ID, 1)).toBe(false);
  expect(await states(stand)).toEqual(['waiting']);
});

it('waits for its agent where nothing is kept of their access', async () => {
  const stand = await aComposeStand({ clock });
  stands.push(stand);
  await putOff(stand);
  expect(await states(stand)).toEqual(['visit']);
  clock.forward(HOUR_MS);
  await stand.compose.sendDue();
  expect(smtp.delivered).toHaveLength(0);
  await stand.compose.sendDueOf(actor);
  expect(smtp.delivered).toHaveLength(1);
});

it('is tried again while the server is away, and is told when it is refused', async () => {
  const away = await aStand({ awayPort: 1 });
  await putOff(away);
  clock.forward(HOUR_MS);
  await away.compose.sendDue();
  expect(await states(away)).toEqual(['waiting']);
  const [row] = await away.compose.putOff(actor);
  expect(row?.at).toBeGreaterThan(clock.now());
  expect(await away.compose.callBack(actor, ID)).toBe(true);
});
