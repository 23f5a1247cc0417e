import { deliveryReport, readReport } from '../../../src/mime';

it('tells for each recipient what happened and why', () => {
  const text = [
    'Reporting-MTA: dns; mx.dehors.example',
    '',
    'Final-Recipient: rfc822; plein@dehors.example',
    'Action: failed',
    'Status: 5.2.2 (mailbox full)',
    '',
    'Original-Recipient: rfc822;<inconnu@dehors.example>',
    'Final-Recipient: rfc822; autre@dehors.example',
    'Action: Failed',
    'Status: 5.1.1',
    '',
    'Final-Recipient: rfc822; lent@dehors.example',
    'Action: delayed',
    'Status: 4.4.1',
    '',
  ].join('\r\n');

  expect(deliveryReport(text)).toEqual([
    { mail: 'plein@dehors.example', outcome: 'failed', reason: 'full' },
    { mail: 'inconnu@dehors.example', outcome: 'failed', reason: 'unknown' },
    { mail: 'lent@dehors.example', outcome: 'delayed', reason: 'network' },
  ]);
});

it('says nothing of what it cannot read', () => {
  expect(deliveryReport('')).toEqual([]);
  expect(deliveryReport('Final-Recipient: rfc822; x\nAction: failed')).toEqual([]);
  expect(deliveryReport('Final-Recipient: rfc822; a@b.example\nAction: perdu')).toEqual([]);
  expect(
    deliveryReport('Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: constructor'),
  ).toEqual([{ mail: 'a@b.example', outcome: 'failed', reason: 'other' }]);
  const block = 'Final-Recipient: rfc822; a@b.example\nAction: failed\n\n';
  expect(deliveryReport(block.repeat(5_000))).toHaveLength(20);
  const started = Date.now();
  deliveryReport('\n \n'.repeat(30_000));
  deliveryReport(`Status: 5.${'1'.repeat(60_000)}`);
  expect(Date.now() - started).toBeLessThan(1_000);
});

it('reads a receipt, and not one that says that nobody read', () => {
  const head =
    'Final-Recipient: rfc822;a@b.example\r\nDisposition: manual-action/MDN-sent-manually; ';
  expect(readReport(`${head}displayed`)[0]?.outcome).toBe('read');
  expect(readReport(`${head}deleted`)).toEqual([]);
});
