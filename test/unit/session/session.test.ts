import { nextState, type State, type Transition } from '../../../src/session';

const STATES: State[] = ['anonymous', 'awaiting-challenge', 'open', 'frozen', 'closed'];
const ALLOWED: readonly [State, Transition, State][] = [
  ['anonymous', 'signed-in', 'open'],
  ['anonymous', 'challenged', 'awaiting-challenge'],
  ['awaiting-challenge', 'satisfied-one', 'awaiting-challenge'],
  ['awaiting-challenge', 'satisfied-all', 'open'],
  ['awaiting-challenge', 'closed', 'closed'],
  ['open', 'refused', 'frozen'],
  ['open', 'confirmed', 'open'],
  ['open', 'closed', 'closed'],
  ['frozen', 'signed-in-again', 'open'],
  ['frozen', 'closed', 'closed'],
];
const TRANSITIONS = [...new Set(ALLOWED.map(([, transition]) => transition))];

it.each(ALLOWED)('%s, %s: %s', (from, transition, to) => {
  expect(nextState(from, transition)).toBe(to);
});

it('refuses every other transition', () => {
  for (const from of STATES) {
    for (const transition of TRANSITIONS) {
      if (ALLOWED.some(([state, name]) => state === from && name === transition)) continue;
      expect(() => nextState(from, transition)).toThrow('session/required');
    }
  }
});
