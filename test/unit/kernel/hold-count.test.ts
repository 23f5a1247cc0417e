import type { Clock } from '../../../src/base/clock';
import { noteAsker, suspend, suspendedUntil, suspensions } from '../../../src/kernel/askers';
import { createHoldCount } from '../../../src/kernel/hold-count';

const time = { now: 0 };
const clock: Clock = { now: () => time.now, after: () => () => {}, every: () => () => {} };
beforeEach(() => {
  time.now = 1_000_000;
});

describe('who loses a plugin that holds the loop', () => {
  it.each([
    ['one person once', ['ada'], [undefined]],
    ['one person twice', ['ada', 'ada', 'ada'], [undefined, 'person', 'person']],
    ['two people', ['ada', 'bob'], [undefined, 'everybody']],
    ['nobody twice', [undefined, undefined], [undefined, 'everybody']],
    ['a person and nobody', ['ada', undefined], [undefined, 'everybody']],
    ['a second person later', ['ada', 'ada', 'bob'], [undefined, 'person', 'everybody']],
  ])('%s', (_what, who, expected) => {
    const judge = createHoldCount(clock);

    expect(who.map((one) => judge('agenda', one))).toEqual(expected);
    expect(judge('other', who[0])).toBeUndefined();
  });

  it('forgets what was ten minutes ago', () => {
    const judge = createHoldCount(clock);
    judge('agenda', 'ada');
    time.now += 600_000;

    expect(judge('agenda', 'bob')).toBeUndefined();
    expect(judge('agenda', 'bob')).toBe('person');
  });
});

describe('a suspension', () => {
  it('is of one plugin, for one person, until a time', () => {
    noteAsker('r1', 'user 1');
    noteAsker('r2', 'user 2');
    const until = time.now + 1_000;

    expect(suspend({ plugin: 'agenda', who: 'user 1', until })).toBe(true);
    expect(suspend({ plugin: 'agenda', who: 'user 1', until })).toBe(false);

    expect(suspendedUntil('agenda', 'r1', time.now)).toBe(until);
    expect(suspendedUntil('other', 'r1', time.now)).toBeUndefined();
    expect(suspendedUntil('agenda', 'r2', time.now)).toBeUndefined();
    expect(suspendedUntil('agenda', undefined, time.now)).toBeUndefined();
    expect(suspensions(time.now)).toEqual([{ plugin: 'agenda', who: 'user 1', until }]);
    expect(suspendedUntil('agenda', 'r1', until)).toBeUndefined();
    expect(suspensions(until)).toEqual([]);
  });

  it('is of the last thousand people, and requests are the last five thousand', () => {
    for (let n = 0; n < 1_500; n++) suspend({ plugin: 'a', who: `u${n}`, until: time.now + 1 });
    for (let n = 0; n < 6_000; n++) noteAsker(`q${n}`, 'u1499');

    expect(suspensions(time.now)).toHaveLength(1_000);
    expect(suspendedUntil('a', 'q0', time.now)).toBeUndefined();
    expect(suspendedUntil('a', 'q5999', time.now)).toBe(time.now + 1);
  });
});
