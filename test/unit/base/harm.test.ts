import { harmReason, readHarm } from '../../../src/base/harm';

describe('the reason of a plugin that harmed processes', () => {
  it('is read back as it was written, over several lines too', () => {
    const harm = { times: 2, last: 'uncaught exception in plugin x: Error\n  at y, the last: z' };

    expect(readHarm(harmReason(harm))).toEqual(harm);
  });

  it('is not seen in another reason', () => {
    expect(readHarm('failing on 2 of 2 hooks')).toBeUndefined();
  });
});
