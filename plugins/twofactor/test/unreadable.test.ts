import type { PluginTest } from 'estafette/plugin/testing';
import { codeOf, DEVICE, enrolTotp, isAsked, modelOf, startFactor, words } from './kit';

const STEP_MS = 30_000;

let test: PluginTest;
afterEach(() => test.stop());

/** Somebody whose secret was sealed with a key that the platform has no more. */
async function startUnreadable() {
  test = await startFactor();
  const enrolled = await enrolTotp(test);
  const [row]: { secret: string }[] = await test.db.table('twofactor_totp').select('secret');
  const sealed = Buffer.from(row?.secret ?? '', 'base64url');
  sealed[0] = 99;
  await test.db.table('twofactor_totp').update({ secret: sealed.toString('base64url') });
  test.clock.advance(3 * STEP_MS);
  return { ...enrolled, sealed: row?.secret };
}
const give = (code: string) =>
  test.route('post', '/challenge', { awaiting: true, device: DEVICE, body: { code } });

describe('an application whose secret cannot be opened any more', () => {
  it('lets nobody in, also not by the code that would be right', async () => {
    const { secret } = await startUnreadable();
    expect(await isAsked(test)).toBe(true);
    const answer = await give(codeOf(secret, test.clock.now()));

    expect('status' in answer && answer.status).toBe(422);
    expect(test.satisfied).toEqual([]);
    expect(test.failures()).toEqual([]);
  });

  it('says what there is to do, and calls no code wrong', async () => {
    const { secret } = await startUnreadable();
    for (const locale of ['fr', 'en'] as const) {
      const html = await test.renderRoute('/challenge', { awaiting: true, locale });
      expect(html).toMatch(/clé d’accès ou un code de secours|passkey or a recovery code/);
      expect(html).not.toContain('id="twofactor-code"');
      expect(html).toContain('id="twofactor-recovery"');
    }
    for (let count = 0; count < 8; count += 1) {
      const { fault } = modelOf(await give(codeOf(secret, test.clock.now())));
      expect(fault).toBeUndefined();
    }
    expect(test.noticed.map(({ text }) => text)).not.toContain('twofactor:mail.blocked');
  });

  it('sends to the support who has nothing else', async () => {
    await startUnreadable();
    await test.db.table('twofactor_recovery').delete();

    expect(await test.renderRoute('/challenge', { awaiting: true })).toContain(
      'Demandez à votre assistance',
    );
  });

  it('is passed by with a recovery code, and set up again', async () => {
    const { codes } = await startUnreadable();
    await give(codes[0] ?? '');
    expect(test.satisfied).toEqual(['twofactor']);
    expect(await test.renderRoute('/')).toContain('ne peut plus vérifier');

    const { secret } = await enrolTotp(test);
    test.clock.advance(3 * STEP_MS);
    await give(codeOf(secret, test.clock.now()));
    expect(test.satisfied).toEqual(['twofactor', 'twofactor']);
    expect(await test.renderRoute('/')).not.toContain('ne peut plus vérifier');
    expect(await test.renderSlot('admin.security@1')).toBe('');
  });

  it('is one line of the audit log, and a number for administrators', async () => {
    const { sealed } = await startUnreadable();
    expect(await test.renderSlot('admin.security@1')).toBe('');
    await isAsked(test);
    await isAsked(test);
    await give('123456');

    expect(words(test).filter((word) => word === 'unreadable')).toHaveLength(1);
    expect(await test.renderSlot('admin.security@1')).toContain('1 agent a une application');

    // The old key is back: it is as if nothing had been.
    await test.db.table('twofactor_totp').update({ secret: sealed });
    await isAsked(test);
    expect(await test.renderSlot('admin.security@1')).toBe('');
  });
});
