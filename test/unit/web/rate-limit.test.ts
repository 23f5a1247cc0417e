import type { Request } from 'express';
import { AppError } from '../../../src/base/errors';
import { type RequestContext, setContext } from '../../../src/web/context';
import { createRateLimit } from '../../../src/web/rate-limit';
import { movingClock } from '../../kit/moving-clock';

const from = (remote: string, site = 'one'): Request => {
  const request = {} as Request;
  setContext(request, { site: { id: site }, remote } as unknown as RequestContext);
  return request;
};

describe('a limit of requests', () => {
  it('refuses what one network asks too often, until the minute is over', () => {
    const clock = movingClock();
    const limit = createRateLimit(clock);
    for (let count = 0; count < 3; count += 1) limit(from('192.0.2.1'), 'notice', 3);

    expect(() => limit(from('192.0.2.1'), 'notice', 3)).toThrow(AppError);
    expect(() => limit(from('192.0.2.2'), 'notice', 3)).not.toThrow();
    expect(() => limit(from('192.0.2.1'), 'begin', 3)).not.toThrow();
    expect(() => limit(from('192.0.2.1', 'two'), 'notice', 3)).not.toThrow();
    clock.forward(60_001);
    expect(() => limit(from('192.0.2.1'), 'notice', 3)).not.toThrow();
  });

  it('counts the addresses of one IPv6 network together', () => {
    const limit = createRateLimit(movingClock());
    limit(from('2001:db8::1'), 'notice', 1);

    expect(() => limit(from('2001:db8::2'), 'notice', 1)).toThrow(AppError);
  });
});
