import { AppError } from '../base/errors';
import type { SessionState } from './types';

/** All states; `anonymous` and `closed` have no row. */
export type State = 'anonymous' | SessionState | 'closed';

/**
 * What can happen to a session. `satisfied-one` leaves challenges to answer, `satisfied-all` does
 * not; `refused` is the mail server refusing the stored credential; `confirmed` is the person proving
 * again that it is they, `renewed` a new id for what may have been copied.
 */
export type Transition =
  | 'signed-in'
  | 'challenged'
  | 'satisfied-one'
  | 'satisfied-all'
  | 'refused'
  | 'signed-in-again'
  | 'confirmed'
  | 'renewed'
  | 'closed';

const TRANSITIONS: Readonly<Record<State, Readonly<Partial<Record<Transition, State>>>>> = {
  anonymous: { 'signed-in': 'open', challenged: 'awaiting-challenge' },
  'awaiting-challenge': {
    'satisfied-one': 'awaiting-challenge',
    'satisfied-all': 'open',
    closed: 'closed',
  },
  open: { refused: 'frozen', confirmed: 'open', renewed: 'open', closed: 'closed' },
  frozen: { 'signed-in-again': 'open', closed: 'closed' },
  closed: {},
};

/** The state after `transition`; throws `session/required` where it is not allowed. */
export function nextState<T extends Transition>(state: State, transition: T): State {
  const next = TRANSITIONS[state][transition];
  if (next === undefined) {
    throw new AppError('session/required', { details: { state, transition } });
  }
  return next;
}

/** Like {@link nextState}, for transitions that end in a state with a row. */
export function nextStored(state: State, transition: Exclude<Transition, 'closed'>): SessionState {
  const next = nextState(state, transition);
  if (next === 'anonymous' || next === 'closed') {
    throw new AppError('internal/unexpected', { details: { state, transition } });
  }
  return next;
}
