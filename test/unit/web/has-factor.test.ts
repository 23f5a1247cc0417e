import { hasFactorNow } from '../../../src/web/confirmed';

type Session = Parameters<typeof hasFactorNow>[1]['session'];
const has = (session?: object): boolean =>
  hasFactorNow(
    { isFactor: (id) => id === 'twofactor' },
    { session: session && ({ session: { state: 'open', ...session } } as Session) },
  );
const assurance = (isStrong: boolean) => ({ assurance: { methods: ['pwd'], isStrong } });

it('is true of who gave a factor, or came by a provider that counts for one', () => {
  expect(has({ satisfied: ['charter', 'twofactor'] })).toBe(true);
  expect(has({ isFactorTaken: true })).toBe(true);
  expect(has(assurance(true))).toBe(true);
});

it('is false of everybody else', () => {
  expect(has()).toBe(false);
  expect(has({})).toBe(false);
  expect(has({ satisfied: ['charter'], ...assurance(false) })).toBe(false);
  expect(has({ satisfied: ['twofactor'], state: 'awaiting-challenge' })).toBe(false);
});
