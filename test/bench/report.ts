import { table } from '../../src/cli/command';
import type { Result } from './measure';
import type { Memory } from './memory';
import { MAX_BYTES, MAX_REQUESTS, type Weight } from './weight';

/** Everything one run found. */
export interface Report {
  readonly machine: { readonly cores: number; readonly node: string; readonly dovecot: string };
  readonly seconds: number;
  readonly sizes: readonly { readonly messages: number; readonly results: readonly Result[] }[];
  readonly memory: Memory | undefined;
  readonly weight: Weight | undefined;
}

const HEAD = ['', 'n', 'p50', 'p95', 'server p50', 'p95', 'ratio', 'aim', 'CPU ms'] as const;

/** Three figures are as many as a busy machine gives. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export const isMet = ({ ratio, aim }: Result): boolean => aim === undefined || ratio <= aim;

function cells(result: Result): string[] {
  const { title, product, server, ratio, aim, cpuMs } = result;
  const verdict = aim === undefined ? '' : `${aim}x ${isMet(result) ? 'met' : 'missed'}`;
  const times = [product.p50, product.p95, server.p50, server.p95].map(figure);
  return [title, String(product.count), ...times, `${figure(ratio)}x`, verdict, figure(cpuMs)];
}

/** The report as aligned text. */
export function asText(report: Report): string {
  const { machine, sizes, memory, weight, seconds } = report;
  const blocks = sizes.map(
    ({ messages, results }) =>
      `${messages.toLocaleString('en')} messages (milliseconds)\n${table(HEAD, results.map(cells))}`,
  );
  return [
    `Estafette beside its mail server: ${machine.cores} cores, Node ${machine.node}, Dovecot ${machine.dovecot}`,
    ...blocks,
    ...(memory ? [memoryLines(memory).join('\n')] : []),
    ...(weight ? [weightLines(weight).join('\n')] : []),
    `${seconds.toFixed(0)} s in all`,
  ].join('\n\n');
}

function memoryLines(memory: Memory): string[] {
  return [
    `Ready ${figure(memory.bootMs)} ms after the start of the process`,
    `Memory after the start: ${figure(memory.afterBoot)} MB`,
    `Memory with ${memory.agents} agents (list, one message, event stream): ${figure(memory.withAgents)} MB, ${figure(memory.perAgent)} MB each`,
  ];
}

function weightLines({ files, fileBytes, pages, requests }: Weight): string[] {
  const isLight = fileBytes <= MAX_BYTES && requests <= MAX_REQUESTS;
  const html = pages.reduce((sum, page) => sum + page.bytes, 0);
  return [
    `Sign-in, list and one message: ${kilobytes(fileBytes)} kB compressed in ${files.length} files, ${requests} requests with the ${pages.length} documents (aim: ${kilobytes(MAX_BYTES)} kB, ${MAX_REQUESTS} requests: ${isLight ? 'met' : 'missed'})`,
    `Documents: ${kilobytes(html)} kB as sent`,
    ...files.map(
      ({ url, bytes, status }) =>
        `  ${kilobytes(bytes)} kB  ${url}${status === 200 ? '' : ` (answers ${status})`}`,
    ),
  ];
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

/** How each figure was taken, for whoever reads the report later. */
const HOW = `The product runs compiled, in production mode, in a process of its own; requests go over one kept
connection. Beside each, the same work is asked of the mail server alone, in turn, over a raw socket
that parses nothing, by another person whose mailbox is alike. "ratio" is the median of the product
through that of the server; "CPU ms" is the product's processor time for one round, with what it does
after the answer. Times on one machine say little about another: compare ratios.`;

/** The report as a page of the documentation. */
export function asMarkdown(report: Report): string {
  const { machine, sizes, memory, weight } = report;
  const lines = [
    '# Speed and weight',
    '',
    'Written by `npm run bench -- --write`.',
    '',
    HOW,
    '',
    `${machine.cores} cores, Node ${machine.node}, Dovecot ${machine.dovecot}. Times in milliseconds.`,
  ];
  for (const { messages, results } of sizes) {
    const head = ['', ...HEAD.slice(1), 'the server is asked for'];
    const rows = results.map((result) => [...cells(result), result.beside]);
    lines.push(
      '',
      `## ${messages.toLocaleString('en')} messages`,
      '',
      ...markdownTable(head, rows),
    );
  }
  if (memory) lines.push('', '## Memory', '', ...memoryLines(memory).map((line) => `- ${line}`));
  if (weight) lines.push('', '## Weight', '', ...weightLines(weight).map(asItem));
  return `${lines.join('\n')}\n`;
}

const asItem = (line: string): string =>
  line.startsWith(' ') ? `  - ${line.trim()}` : `- ${line}`;

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cellsOfRow: readonly string[]): string => `| ${cellsOfRow.join(' | ')} |`;
  const rule = head.map((_, column) =>
    column === 0 || column === head.length - 1 ? '---' : '--:',
  );
  return [line(head), line(rule), ...rows.map(line)];
}
