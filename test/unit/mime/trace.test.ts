import { parseAuthenticationResults, parseReceived } from '../../../src/mime';

describe('Authentication-Results (RFC 8601)', () => {
  it('reads methods, results and what they are about', () => {
    const found = parseAuthenticationResults(
      'mx.saisons.example 1; spf=pass (ok (nested) ; no clause) smtp.mailfrom=a@ville.example;' +
        ' dkim = fail reason="bad; signature" header.d=ville.example header.i=@ville.example;' +
        ' dmarc/1=none header.from=Ville.example',
    );

    expect(found?.authservId).toBe('mx.saisons.example');
    expect(found?.results.map(({ method, result }) => `${method}=${result}`)).toEqual([
      'spf=pass',
      'dkim=fail',
      'dmarc=none',
    ]);
    expect(found?.results[0]?.properties.get('smtp.mailfrom')).toBe('a@ville.example');
    expect(found?.results[1]?.properties.get('header.d')).toBe('ville.example');
  });

  it('finds nothing where a server found nothing', () => {
    expect(parseAuthenticationResults('mx.saisons.example; none')?.results).toEqual([]);
  });

  it.each(['', ';', '(mx)', 'spf=pass', '"', '(', ';;;;'])('takes %j for no server', (raw) => {
    expect(parseAuthenticationResults(raw)).toBeUndefined();
  });

  it('believes nothing that stands in a comment', () => {
    const found = parseAuthenticationResults('mx.x.example; (dmarc=pass) spf=fail (dkim=pass)');

    expect(found?.results.map(({ method }) => method)).toEqual(['spf']);
  });
});

describe('Received (RFC 5321 4.4)', () => {
  it('reads a line of Postfix with TLS in a comment', () => {
    const hop = parseReceived(
      'from mail.ville.example (mail.ville.example [192.0.2.7]) (using TLSv1.3 with cipher X (256/256 bits))' +
        ' by mx.saisons.example (Postfix) with ESMTP id 4F; for <a@saisons.example>; Mon, 2 Mar 2026 10:00:05 +0100 (CET)',
    );

    expect(hop).toEqual({
      from: 'mail.ville.example',
      fromSeen: 'mail.ville.example [192.0.2.7]',
      by: 'mx.saisons.example',
      protocol: 'ESMTP',
      isEncrypted: true,
      date: '2026-03-02T09:00:05.000Z',
    });
  });

  it.each([
    ['from a by b with ESMTPS; Mon, 2 Mar 2026 10:00:05 +0000', true],
    ['from a by b with UTF8SMTPSA; Mon, 2 Mar 2026 10:00:05 +0000', true],
    ['from a by b with ESMTPA; Mon, 2 Mar 2026 10:00:05 +0000', false],
    ['by b (Dovecot) with LMTP id x; Mon, 2 Mar 2026 10:00:05 +0000', false],
    ['from a (no TLSuch thing) by b with SMTP', false],
  ])('%s: encrypted %s', (raw, isEncrypted) => {
    expect(parseReceived(raw).isEncrypted).toBe(isEncrypted);
  });

  it.each(['', 'from', 'by by by', ';', '; ; 31 Feb 0000', '(((', ')))', '"unclosed', 'from (x'])(
    'answers to %j',
    (raw) => {
      expect(parseReceived(raw).date).toBeUndefined();
    },
  );

  it('takes hidden and reordering characters out of names', () => {
    expect(parseReceived('from \u202emoc.elpmaxe\u202c by b').from).toBe('moc.elpmaxe');
  });
});

it('reads hostile fields of any length in linear time', () => {
  const hostile = ['(', ')', '"', ';', '=', 'a=', 'from ', '\\', '(\\', '("'].map((piece) =>
    piece.repeat(200_000),
  );
  const started = performance.now();

  for (const raw of hostile) {
    parseReceived(raw);
    parseAuthenticationResults(`mx.x.example; ${raw}`);
  }

  expect(performance.now() - started).toBeLessThan(1_000);
});

it('answers to whatever bytes come', () => {
  const letters = ' ;()"\\=.@<>[]abyfromwith\u202e\u00e9\t';
  let seed = 42;
  const next = (max: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % max;
  };
  for (let round = 0; round < 3_000; round += 1) {
    const raw = Array.from({ length: next(60) }, () => letters.charAt(next(letters.length))).join(
      '',
    );
    const hop = parseReceived(raw);
    expect(`${hop.from}${hop.by}`).not.toMatch(/[\u202e\t]/);
    for (const { method } of parseAuthenticationResults(raw)?.results ?? []) {
      expect(method).toMatch(/^[a-z][a-z0-9-]*$/);
    }
  }
});
