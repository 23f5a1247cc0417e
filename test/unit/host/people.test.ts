import { createPeople } from '../../../src/host/people';
import type { Actor } from '../../../src/session';
import { movingClock } from '../../kit/moving-clock';

const anActor = (user: number): Actor =>
  ({ user: { id: user }, session: { id: `s${user}` }, scope: { site: 'a' } }) as unknown as Actor;

function people(isOpen = true) {
  const clock = movingClock();
  const state = { isOpen };
  return { clock, state, people: createPeople({ clock, isOpen: async () => state.isOpen }) };
}

it('gives each request a handle of its own, in the scope of its actor', async () => {
  const { people: here } = people();

  const first = here.admit(anActor(1)).actor;
  const second = here.admit(anActor(1)).actor;

  expect(first.scope.as).not.toEqual(second.scope.as);
  expect(first.scope.as).toEqual({ user: 1, session: expect.stringMatching(/^[\w-]{22}$/) });
  expect(await here.find(first.scope.as)).toBe(first);
  expect(await here.find({ ...first.scope.as })).toBe(first); // plain data, kept as JSON or not
});

it('knows a handle for half a minute after the request', async () => {
  const { people: here, clock } = people();
  const { actor, leave } = here.admit(anActor(1));

  clock.forward(3_600_000); // a stream of events lasts
  expect(await here.find(actor.scope.as)).toBe(actor);
  leave();
  clock.forward(29_000);
  expect(await here.find(actor.scope.as)).toBe(actor);
  clock.forward(2_000);
  await expect(here.find(actor.scope.as)).rejects.toThrow('plugin/person-gone');
});

it('is nobody once the session has ended, in any process', async () => {
  const { people: here, state } = people();
  const { actor } = here.admit(anActor(1));

  state.isOpen = false;

  await expect(here.find(actor.scope.as)).rejects.toThrow('plugin/person-gone');
});

it('does not take the handle of one for another’s', async () => {
  const { people: here } = people();
  const { actor } = here.admit(anActor(1));

  for (const wrong of [{ ...actor.scope.as, user: 2 }, { user: 1, session: '' }, {}, null, 'x'])
    await expect(here.find(wrong)).rejects.toThrow('plugin/person-gone');
});

it('forgets the oldest beyond a number', async () => {
  const { people: here } = people();
  const { actor } = here.admit(anActor(1));

  for (let n = 0; n < 20_000; n++) here.admit(anActor(2));

  await expect(here.find(actor.scope.as)).rejects.toThrow('plugin/person-gone');
});
