import type { PluginTest } from 'estafette/plugin/testing';
import { enrolTotp, isAsked, startFactor } from './kit';

const MINUTE_MS = 60_000;

let test: PluginTest;
afterEach(() => test.stop());

const banner = () => test.renderSlot('page.banner@1');
/** As another process does: this one has not heard of it. */
const removeElsewhere = () => test.db.table('twofactor_totp').delete();

describe('the banner of the days of grace', () => {
  it('asks nothing of the database for who has a factor, for some minutes', async () => {
    test = await startFactor({ config: { required: true, graceDays: 10 } });
    await enrolTotp(test);
    expect(await banner()).toBe('');

    await removeElsewhere();
    expect(await banner()).toBe('');
    test.clock.advance(11 * MINUTE_MS);
    expect(await banner()).toContain('data-twofactor-banner');
  });

  it('goes at once when a factor is set up, here or in another process', async () => {
    test = await startFactor({ config: { required: true, graceDays: 10 } });
    await isAsked(test);
    expect(await banner()).toContain('data-twofactor-banner');
    await enrolTotp(test);

    expect(await banner()).toBe('');
  });

  it('is back at once when the factor is taken away here', async () => {
    test = await startFactor({ config: { required: true, graceDays: 10 } });
    await enrolTotp(test);
    expect(await banner()).toBe('');
    await test.route('post', '/remove', { body: { id: 'totp' } });

    expect(await banner()).toContain('data-twofactor-banner');
  });

  it('asks nothing at all where nothing is required', async () => {
    test = await startFactor({ config: { graceDays: 10 } });
    // A table that is gone would be told of as a failure.
    await test.db.table('twofactor_people').delete();
    expect(await banner()).toBe('');
    expect(test.failures()).toEqual([]);
  });
});
