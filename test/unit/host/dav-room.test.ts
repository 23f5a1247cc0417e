import { davElement } from '../../../src/host';
import { davWhole } from '../../../src/host/dav-room';
import type { DavRow } from '../../../src/host/dav-xml';

function* rows(count: number, chars = 1): Generator<DavRow> {
  for (let at = 0; at < count; at += 1) {
    yield { href: `/${at}`, found: [davElement({ ns: 'DAV:', name: 'x' }, 'x'.repeat(chars))] };
  }
}

it('lets others have their turn while thousands of rows are made', async () => {
  let [turns, isDone] = [0, false];
  const count = (): void => {
    if (isDone) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);

  const whole = await davWhole(rows(5_000));
  isDone = true;

  expect(whole).toHaveLength(5_000);
  expect(turns).toBeGreaterThan(20);
});

it('gives nothing where not all fits, and makes no more than would', async () => {
  let made = 0;
  function* counted(): Generator<DavRow> {
    for (const row of rows(1_000, 1_000_000)) {
      made += 1;
      yield row;
    }
  }

  expect(await davWhole(counted())).toBeUndefined();
  expect(made).toBeLessThan(20);
});
