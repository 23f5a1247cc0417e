import { judgeSender } from '../../../src/mail/sender-check';
import { transitOf } from '../../../src/mail/transit';
import { parseHeaders } from '../../../src/mime';

const OURS = 'mx.saisons.example';

const judge = (lines: readonly string[], mails: readonly string[] = ['a@ville.example']) =>
  judgeSender({
    headers: parseHeaders(lines.join('\r\n')),
    trusted: [OURS],
    mails,
    ownDomains: ['saisons.example'],
  });

const results = (text: string): string => `Authentication-Results: ${OURS}; ${text}`;

describe('what is said of the sender', () => {
  it.each([
    ['dmarc=pass header.from=ville.example', 'verified'],
    ['dkim=pass header.d=ville.example', 'verified'],
    ['dkim=pass header.d=mail.ville.example', 'verified'],
    ['spf=pass smtp.mailfrom=b@ville.example', 'verified'],
    ['dmarc=pass header.from=autre.example', 'unverified'],
    ['dkim=pass header.d=autre.example', 'unverified'],
    ['dkim=pass header.d=example', 'unverified'],
    ['spf=pass smtp.helo=ville.example', 'unverified'],
    ['spf=none; dkim=none', 'unverified'],
    ['dkim=fail header.d=ville.example', 'unverified'],
    ['spf=fail smtp.mailfrom=b@ville.example', 'failed'],
    ['spf=fail smtp.mailfrom=b@ville.example; dkim=pass header.d=ville.example', 'verified'],
    ['dmarc=fail header.from=ville.example; spf=pass smtp.mailfrom=ville.example', 'failed'],
    ['auth=pass smtp.auth=a', 'unverified'],
  ])('%s: %s', (text, verdict) => {
    expect(judge([results(text)]).verdict).toBe(verdict);
  });

  it('believes a signed-in colleague', () => {
    const own = judge([results('auth=pass smtp.auth=anne')], ['anne@saisons.example']);

    expect(own).toMatchObject({ verdict: 'verified', by: OURS });
  });

  it('ignores what other servers say of themselves', () => {
    const forged = [
      'Authentication-Results: mx.autre.example; dmarc=pass header.from=ville.example',
    ];

    expect(judge(forged)).toMatchObject({ verdict: 'unverified', by: undefined, details: [] });
  });

  it('ignores what came along with the message under our own name', () => {
    const lines = [
      results('dmarc=none header.from=ville.example'),
      `Received: from x by ${OURS}; Mon, 2 Mar 2026 10:00:05 +0000`,
      results('dmarc=pass header.from=ville.example'),
    ];

    expect(judge(lines).verdict).toBe('unverified');
  });

  it('verifies nobody where several are named', () => {
    const text = results('dmarc=pass header.from=ville.example');

    expect(judge([text], ['a@ville.example', 'b@autre.example']).verdict).toBe('unverified');
    expect(judge([text, 'From: a@ville.example', 'From: b@x.example']).verdict).toBe('unverified');
  });
});

describe('the way of a message', () => {
  const at = (second: number): string =>
    `Mon, 2 Mar 2026 10:00:${String(second).padStart(2, '0')} +0000`;
  const lines = [
    `Received: from ${OURS} by imap.saisons.example with LMTPS; ${at(9)}`,
    `Received: from mail.ville.example by ${OURS} with ESMTPS; ${at(7)}`,
    `Received: from bureau by mail.ville.example with ESMTP; ${at(2)}`,
    `Received: from invented by ${OURS} with ESMTPS; ${at(8)}`,
    `Date: ${at(1)}`,
    'User-Agent: Plume 1.0',
  ];

  it('goes from the sender to here, and trusts our servers down to the first other one', () => {
    const way = transitOf(parseHeaders(lines.join('\r\n')), ['.saisons.example']);

    expect(way.hops.map(({ by, isTrusted, delayMs }) => [by, isTrusted, delayMs])).toEqual([
      [OURS, false, 7_000],
      ['mail.ville.example', false, -6_000],
      [OURS, true, 5_000],
      ['imap.saisons.example', true, 2_000],
    ]);
    expect(way).toMatchObject({ program: 'Plume 1.0', knowsOwn: true, isCut: false });
  });

  it('trusts nobody where the site names no server', () => {
    const way = transitOf(parseHeaders(lines.join('\r\n')), []);

    expect(way.hops.some(({ isTrusted }) => isTrusted)).toBe(false);
  });

  it('shows a bounded number of passages', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `Received: from a by b${index}`);
    const way = transitOf(parseHeaders(many.join('\r\n')), []);

    expect(way.hops).toHaveLength(60);
    expect(way.isCut).toBe(true);
  });
});
