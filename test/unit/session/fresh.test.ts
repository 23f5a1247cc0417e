import type { SiteId } from '../../../src/base/types';
import type { VouchedRequest } from '../../../src/session';
import type { Site } from '../../../src/sites/site';
import { aBench, aSite, type Bench } from './kit';

let bench: Bench;
let site: Site;
beforeEach(async () => {
  bench = await aBench();
  site = aSite({ mailAccess: { kind: 'oauth', mechanism: 'OAUTHBEARER', servers: [] } });
});
afterEach(() => bench.close());

const scope = { site: 'culture' as SiteId };
/** So many seconds from now, by the clock of the bench. */
const at = (seconds: number): string => new Date(bench.clock.now() + seconds * 1_000).toISOString();

/** Back from a provider half a minute after the button was pressed there. */
function aReturn(authenticatedAt: string | undefined): VouchedRequest {
  const tokens = { access: 'token' };
  const identity = { issuer: 'https://idp.example', subject: 'sub-alice', login: 'alice', tokens };
  return {
    site,
    scope,
    plugin: 'sso',
    method: 'main',
    identity: { ...identity, authenticatedAt },
    remote: '192.0.2.1',
    begunAt: bench.clock.now() - 30_000,
    endsAt: bench.clock.now() + 5_000,
  };
}
const enter = (authenticatedAt: string | undefined) =>
  bench.sessions.signInVouched(aReturn(authenticatedAt));
async function mustLoad(cookie: string) {
  const loaded = await bench.sessions.load(cookie, site, { touch: true });
  if (!loaded) throw new Error('no session');
  return loaded;
}
const askTotp = () =>
  bench.hooks.on('asker', 'session:challenges', () => [
    { id: 'totp', label: 'totp', satisfied: false },
  ]);

describe('a session that a provider vouched for', () => {
  it.each([
    ['now', 0],
    ['when they were asked for it', -30],
    ['by a clock that is a minute late', -90],
    ['by a clock that is a minute early', 60],
  ])('begins confirmed when the person proved who they are %s', async (_name, seconds) => {
    expect((await enter(at(seconds))).session.confirmedAt).toBe(at(0));
  });

  it.each([
    ['they proved it before they were asked for this one', () => at(-91)],
    ['nobody says when', () => undefined],
    ['it is said of a time to come', () => at(61)],
    ['what is said is no time', () => 'just now'],
  ])('begins unconfirmed when %s', async (_name, said) => {
    const { session } = await enter(said());

    expect(session.state).toBe('open');
    expect(session).not.toHaveProperty('confirmedAt');
  });

  it('is confirmed by a second factor that is given in it, and by no other challenge', async () => {
    const stop = bench.hooks.on('asker', 'session:challenges', () =>
      ['charter', 'totp'].map((id) => ({ id, label: id, satisfied: false })),
    );
    const half = await enter(undefined);
    const rest = await bench.sessions.satisfy(await mustLoad(half.bearer), 'charter', scope);
    expect(rest.session).not.toHaveProperty('confirmedAt');
    stop();

    const open = await bench.sessions.satisfy(await mustLoad(rest.bearer), 'totp', scope);

    expect(open.session).toMatchObject({ state: 'open', confirmedAt: at(0) });
  });

  it.each([
    ['confirms when the provider asked them', () => at(0), 'session:confirmed'],
    ['confirms nothing when it did not', () => at(-600), 'session:opened'],
  ] as const)('that opens again in place %s', async (_name, said, told) => {
    const open = await enter(undefined);
    await bench.sessions.freeze(open.session.id);
    const heard: string[] = [];
    bench.hooks.on('watch', 'session:confirmed', () => void heard.push('session:confirmed'));
    bench.hooks.on('watch', 'session:opened', () => void heard.push('session:opened'));

    const frozen = await mustLoad(open.bearer);
    const again = await bench.sessions.signInVouched({ ...aReturn(said()), frozen });
    await bench.hooks.idle();

    expect(again.session.createdAt).toBe(open.session.createdAt);
    expect(again.session.confirmedAt).toBe(told === 'session:confirmed' ? at(0) : undefined);
    expect(heard).toEqual([told]);
  });

  it('is confirmed no more by a provider once a second factor was given in it', async () => {
    const stop = askTotp();
    const half = await enter(at(0));
    const open = await bench.sessions.satisfy(await mustLoad(half.bearer), 'totp', scope);
    stop();
    await bench.sessions.freeze(open.session.id);
    bench.clock.pass(60);

    const frozen = await mustLoad(open.bearer);
    const again = await bench.sessions.signInVouched({ ...aReturn(at(0)), frozen });

    expect(again.session.confirmedAt).toBe(open.session.confirmedAt);
  });
});
