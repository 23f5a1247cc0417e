import { createTurns } from '../../../../src/web/dav/turns';

const large = (id: number) => ({ method: 'REPORT', depth: 1, user: { id } }) as const;

/** An answer that ends when it is told to. */
function held() {
  let end = (): void => undefined;
  const began = jest.fn();
  const answer = () =>
    new Promise<string>((resolve) => {
      began();
      end = () => resolve('done');
    });
  return { began, answer, end: () => end() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('answers two large questions at a time, one of a person, in the order in which they came', async () => {
  const turns = createTurns(30_000);
  const [a, again, b, c] = [held(), held(), held(), held()];
  const all = [
    turns.take(large(1), a.answer),
    turns.take(large(1), again.answer),
    turns.take(large(2), b.answer),
    turns.take(large(3), c.answer),
  ];
  await settled();
  const running = () => [a, again, b, c].map(({ began }) => began.mock.calls.length);

  expect(running()).toEqual([1, 0, 1, 0]);
  b.end();
  await settled();
  expect(running()).toEqual([1, 0, 1, 1]);
  a.end();
  await settled();
  expect(running()).toEqual([1, 1, 1, 1]);
  again.end();
  c.end();
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done', 'done']);
});

it('lets what is small go by', async () => {
  const turns = createTurns(30_000);
  const [a, b] = [held(), held()];
  void turns.take(large(1), a.answer);
  void turns.take(large(2), b.answer);

  const small = { method: 'PROPFIND', depth: 0, user: { id: 1 } } as const;
  expect(await turns.take(small, async () => 'small')).toBe('small');
});

it('gives the place on when an answer fails', async () => {
  const turns = createTurns(30_000);
  const fail = async () => {
    throw new Error('no');
  };

  for (let time = 0; time < 5; time += 1) {
    await expect(turns.take(large(1), fail)).rejects.toThrow('no');
  }
  expect(await turns.take(large(1), async () => 'done')).toBe('done');
});

it('tells a person with too many waiting to come again', async () => {
  const turns = createTurns(30_000);
  const first = held();
  void turns.take(large(1), first.answer);
  for (let count = 0; count < 20; count += 1) void turns.take(large(1), async () => 'later');

  await expect(turns.take(large(1), async () => 'never')).rejects.toMatchObject({
    code: 'request/budget',
    retryAfterS: 10,
  });
  expect(await turns.take(large(2), async () => 'done')).toBe('done');
});
