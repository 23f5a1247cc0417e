import compiler from 'imapflow/lib/handler/imap-compiler.js';
import * as handler from 'imapflow/lib/handler/imap-handler.js';
import { spareLog } from '../../../src/imap/spare-log';

type Response = Parameters<typeof compiler>[0];
const line = {
  tag: '*',
  command: '1',
  attributes: [{ type: 'ATOM', value: 'FETCH' }],
} as unknown as Response;
const log = { isLogging: true };

it('writes no untagged line for a log, and all that is read', async () => {
  spareLog();
  spareLog();
  expect(String(await compiler(line, log))).toBe('* 1 FETCH');
  expect(String(await handler.compiler(line, log))).toBe('');
  expect(String(await handler.compiler(line))).toBe('* 1 FETCH');
  expect(String(await handler.compiler({ ...line, tag: 'A1' }, log))).toBe('A1 1 FETCH');
});
