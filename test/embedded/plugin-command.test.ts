import { runNoisy } from '../kit/noisy/served';

/** The program itself, as an operator runs it, with a plugin that has a command. */
it('runs a command of a plugin in service, with its words and its exit code', async () => {
  const { code, out } = await runNoisy(['noisy:say', 'a', 'b']);

  expect([code, out]).toEqual([3, 'noisy: a b\n']);
}, 60_000);

it('names the nearest command of a plugin', async () => {
  const { code, err } = await runNoisy(['noisy:sya']);

  expect(code).toBe(64);
  expect(err).toContain('did you mean "noisy:say"?');
}, 60_000);
