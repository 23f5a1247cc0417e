import { type Orderable, orderHandlers } from '../../../src/kernel/order';

const aHandler = (plugin: string, more: Partial<Orderable> = {}): Orderable => ({
  plugin,
  priority: 0,
  before: [],
  after: [],
  ...more,
});

function order(handlers: Orderable[], operator: string[] = [], load: string[] = []) {
  const cycles: string[] = [];
  const ordered = orderHandlers(handlers, {
    operator,
    rank: (plugin) => load.indexOf(plugin),
    onCycle: (first, then) => cycles.push(`${first}>${then}`),
  });
  return { ids: ordered.map(({ plugin }) => plugin).join(' '), cycles };
}

it('sorts by priority, then load order, then id, never by registration', () => {
  const handlers = [
    aHandler('d'),
    aHandler('c', { priority: -1 }),
    aHandler('b'),
    aHandler('a', { priority: 5 }),
    aHandler('e'),
  ];

  expect(order(handlers).ids).toBe('c b d e a');
  expect(order(handlers, [], ['a', 'e', 'd', 'b', 'c']).ids).toBe('c e d b a');
});

it('lets relations win over priority', () => {
  const handlers = [
    aHandler('late', { priority: 10, before: ['early'] }),
    aHandler('early', { priority: -10 }),
    aHandler('middle', { priority: 5 }),
  ];

  expect(order(handlers).ids).toBe('middle late early');
  expect(order([aHandler('a', { after: ['z', 'absent'] }), aHandler('z')]).ids).toBe('z a');
});

it('lets the operator win over relations, and drops what contradicts', () => {
  const handlers = [aHandler('a', { before: ['b'] }), aHandler('b'), aHandler('c')];

  expect(order(handlers, ['b', 'absent', 'a'])).toEqual({ ids: 'b a c', cycles: ['a>b'] });
});

it('drops the edge that closes a cycle, however long, or that points at itself', () => {
  const handlers = [
    aHandler('a', { before: ['b'] }),
    aHandler('b', { before: ['c'] }),
    aHandler('c', { before: ['a', 'c'] }),
  ];

  expect(order(handlers)).toEqual({ ids: 'a b c', cycles: ['c>a', 'c>c'] });
});

it('keeps the registration order of several handlers of one plugin', () => {
  const first = aHandler('a');
  const second = aHandler('a');
  const ordered = orderHandlers([first, aHandler('b'), second], {
    operator: ['b', 'a'],
    rank: () => 0,
    onCycle: () => {},
  });

  expect(ordered[1]).toBe(first);
  expect(ordered[2]).toBe(second);
});
