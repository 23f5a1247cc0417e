import { accountKey } from '../../../src/mail/context';
import { Holders } from '../../../src/mail/holders';
import { anActor } from '../../embedded/mail-kit';
import { type MovingClock, movingClock } from '../../kit/moving-clock';

const server = { host: '127.0.0.1', port: 1 };
const session = (id: string) => anActor({ server, session: id, password: id });
const [one, two] = [session('one'), session('two')];
const key = accountKey(one);
const LONG_MS = 11 * 60_000;

let clock: MovingClock;
let holders: Holders;
beforeEach(() => {
  clock = movingClock();
  holders = new Holders(clock);
});

it('the newest session lends its credential, and the last one that ends lets go', () => {
  holders.note(one);
  holders.note(two);
  expect(holders.credential(key, server)).toMatchObject({ password: 'two' });
  expect(holders.release(two)).toBe(false);
  expect(holders.credential(key, server)).toMatchObject({ password: 'one' });
  expect(holders.release(one)).toBe(true);
});

it('a session that ended elsewhere lends nothing for long, and holds nothing open', () => {
  holders.note(one);
  clock.forward(LONG_MS);
  expect(holders.credential(key, server)).toBeUndefined();
  holders.note(two);
  holders.note(one);
  clock.forward(LONG_MS);
  holders.note(two);
  expect(holders.credential(key, server)).toMatchObject({ password: 'two' });
  expect(holders.release(two)).toBe(true);
});

it('a session that watches stays, however quiet, until its stream ends', () => {
  const stop = holders.addWatch(one, () => undefined);
  clock.forward(LONG_MS);
  expect(holders.credential(key, server)).toMatchObject({ password: 'one' });
  stop();
  expect(holders.credential(key, server)).toBeUndefined();
});

it('work that outlived a sign-out is refused', () => {
  holders.note(one);
  holders.release(one);
  expect(() => holders.note(one)).toThrow('session/required');
});
