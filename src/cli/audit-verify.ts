import type { Head, Verification } from '../audit';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import type { Deps } from './deps';

const HEAD = /^([a-z0-9*][a-z0-9-]*):(\d{1,15}):([0-9a-f]{64})$/;

export const auditVerify: Command = {
  name: 'audit:verify',
  summary: 'says whether the audit log is what was written, and which line is not',
  usage: [
    'estafette audit:verify [--from id] [--head site:seq:hash]… [--json]',
    '',
    '--from id              begins at this line, and takes those before it as they are',
    '--head site:seq:hash   a line that is known from elsewhere, such as the SOC’s last one',
    '                       ("chain" of its JSON); given again for each chain',
    '',
    'Exit code 0 when every line holds, 1 otherwise.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values } = readArgs(args, {
      from: { type: 'string' },
      head: { type: 'string', multiple: true },
    });
    const from = values.from === undefined ? undefined : Number(values.from);
    if (from !== undefined && !(Number.isSafeInteger(from) && from > 0)) {
      throw new UsageError('--from needs the number of a line');
    }
    const given = (values.head ?? []).map(headOf);
    const { kept, given: state, result } = await verify(deps, from, given);
    const isIntact = result.fault === undefined && state !== 'altered';
    const document = {
      intact: isIntact,
      lines: result.lines,
      unsealed: result.unsealed,
      head: state,
      ...(kept !== undefined && { headAt: kept }),
      chains: result.heads,
      ...(result.fault && { fault: { ...result.fault, text: faultText(result.fault) } }),
    };
    print(io, values, document, () => report(result, state, from).join('\n'));
    return isIntact ? EXIT.ok : EXIT.failure;
  },
};

async function verify(deps: Deps, from: number | undefined, given: readonly Head[]) {
  const { audit, close } = await deps.openAudit(deps.loadConfig());
  try {
    // Read before the lines: what is written meanwhile only adds to them.
    const kept = await audit.heads();
    const result = await audit.verify({ from, heads: later([...kept.heads, ...given]) });
    return { kept: kept.state === 'known' ? kept.at : undefined, given: kept.state, result };
  } finally {
    await close();
  }
}

/** Of several ends of one chain, the last: those before it are behind it. */
function later(heads: readonly Head[]): readonly Head[] {
  const bySite = new Map<string, Head>();
  for (const head of heads) {
    if ((bySite.get(head.site)?.seq ?? 0) < head.seq) bySite.set(head.site, head);
  }
  return [...bySite.values()];
}

function headOf(text: string): Head {
  const [, site = '', seq = '', hash = ''] = HEAD.exec(text) ?? [];
  if (site === '') throw new UsageError('--head needs site:seq:hash, as "*:12:5e0f…"');
  return { site, seq: Number(seq), hash };
}

type Fault = NonNullable<Verification['fault']>;

/** What is wrong with a line, for a person. */
export function faultText({ reason, site, id, seq, details }: Fault): string {
  const chain = site === '*' ? 'of every site' : `of ${site}`;
  const line = id === undefined ? `the lines ${chain}` : `line ${id} (${chain}, number ${seq})`;
  switch (reason) {
    case 'altered':
      return `${line}: altered: this is not what was written`;
    case 'inserted':
      return `${line}: inserted: it was not written with the key`;
    case 'missing':
      return `line ${id} (${chain}): lines are missing before it, from number ${seq} on`;
    case 'truncated':
      return `${line}: cut at the end: number ${seq} and what followed it are gone`;
    case 'rewritten':
      return `${line}: rewritten: it does not follow the line before it, or is not the one known elsewhere`;
    case 'unknown-key':
      return `${line}: sealed with the key ${details}, which is not known here: give the server key of that time in ESTAFETTE_AUDIT_OLD_KEYS`;
    case 'anchor':
      return `the purge ${chain} up to number ${seq}: what it left was altered`;
    case 'damaged':
      return `every line holds, but an index does not agree with them: ${details}`;
    case 'purged':
      return `the purge ${chain} up to number ${seq} removed lines that did not hold (${details})`;
  }
}

function report(
  { lines, unsealed, fault }: Verification,
  head: string,
  from: number | undefined,
): readonly string[] {
  return [
    fault ? `NOT INTACT: ${faultText(fault)}` : 'Every line holds.',
    `${lines} lines verified${from === undefined ? '' : ` from line ${from} on`}.`,
    ...(unsealed > 0
      ? [`${unsealed} lines are from before the chain: nothing is known of them.`]
      : []),
    ...HEADS[head as keyof typeof HEADS],
  ];
}

const HEADS = {
  known: [],
  absent: ['No end is kept apart: lines cut at the end would not be seen (--head gives one).'],
  altered: ['NOT INTACT: the file that keeps the ends apart is not what was written.'],
  'unknown-key': [
    'The file that keeps the ends apart is signed with a key that is not known here: it was not used.',
  ],
};
