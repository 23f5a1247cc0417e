import { randomBytes } from 'node:crypto';
import type { SiteId, UserId } from '../../../src/base/types';
import { createAbsentees, createKeyRing } from '../../../src/session';
import type { Actor, MailCredential } from '../../../src/session/types';
import { aWriter } from '../../kit/compose-stand';

const keys = createKeyRing([{ id: 1, secret: randomBytes(32) }]);
const password = { username: 'alice', password: 'un secret' };

function aStand(credential: MailCredential, site: Partial<Actor['site']> = {}) {
  const writer = aWriter();
  const actor: Actor = {
    ...writer,
    site: { ...writer.site, ...site },
    credential: () => credential,
  };
  const absentees = createAbsentees({
    keys,
    users: { find: (id) => Promise.resolve(id === writer.user.id ? writer.user : undefined) },
    sites: [actor.site],
    enabledFor: () => ({ key: '', has: () => true }),
  });
  const owner = { user: writer.user.id, site: 'culture' };
  return { actor, absentees, owner };
}
const opened = async (actor: Promise<Actor | undefined>) =>
  (await actor)?.credential({ host: 'h', port: 1 });

it('opens the mail again, for that thing and that person alone', async () => {
  const { actor, absentees, owner } = aStand(password);
  const kept = await absentees.keep(actor, 'draft-1');
  expect(Buffer.from(kept ?? '', 'base64').toString('latin1')).not.toContain('secret');
  expect(await opened(absentees.actor(owner, kept, 'draft-1'))).toEqual(password);
  expect(await absentees.actor(owner, kept, 'draft-2')).toBeUndefined();
  expect(await absentees.actor({ ...owner, user: 9 as UserId }, kept, 'draft-1')).toBeUndefined();
  expect(
    await absentees.actor({ ...owner, site: 'autre' as SiteId }, kept, 'draft-1'),
  ).toBeUndefined();
  const other = kept?.replace(/.{4}$/, 'AAAA');
  expect(await absentees.actor(owner, other, 'draft-1')).toBeUndefined();
  expect(await absentees.actor(owner, '', 'draft-1')).toBeUndefined();
});

it('keeps nothing where the site says so', async () => {
  const { actor, absentees } = aStand(password, { sending: { undoSeconds: 0, keepAccess: false } });
  expect(await absentees.keep(actor, 'draft-1')).toBeUndefined();
});

it('never keeps the password of a service account', async () => {
  const secret = 'de service';
  const mailAccess = {
    kind: 'master' as const,
    user: 'service',
    separator: '*',
    password: { reveal: () => secret },
  } as NonNullable<Actor['site']['mailAccess']>;
  const credential = { username: 'alice*service', password: secret, ofService: true } as const;
  const { actor, absentees, owner } = aStand(credential, { mailAccess });
  const kept = await absentees.keep(actor, 'd');
  expect(await opened(absentees.actor(owner, kept, 'd'))).toEqual(credential);
  const gone = aStand(credential, { mailAccess: { kind: 'password' } });
  expect(await gone.absentees.actor(owner, kept, 'd')).toBeUndefined();
});
