import type { ChainFault, Head, LostLines, Verification } from '../audit';
import { operatorLogin } from '../base/operator';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import type { Deps } from './deps';

/** Controls, and what turns or hides a text. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const UNSHOWN_ALL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const HEAD = /^([a-z0-9*][a-z0-9-]*):(\d{1,15}):([0-9a-f]{64})$/;

export const auditVerify: Command = {
  name: 'audit:verify',
  summary: 'says whether the audit log is what was written, and which line is not',
  usage: [
    'estafette audit:verify [--from id] [--head site:seq:hash]… [--accept-head [--accept-lost]] [--json]',
    '',
    '--from id              begins at this line, and takes those before it as they are; where there',
    '                       is none from there on, nothing is verified: exit code 1',
    '--head site:seq:hash   a line that is known from elsewhere, such as the SOC’s last one',
    '                       ("chain" of its JSON); as many as you have',
    '--accept-head          when every line holds, keeps their ends apart from now on in place of a',
    '                       file that is gone, altered or of a key that is not known; a line says so',
    '--accept-lost          with it: goes on without lines that the file knows and that are gone,',
    '                       as after a restore of the database; a line for each chain names them',
    '',
    'Exit code 0 when every line holds and an end is kept apart, 1 otherwise.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values } = readArgs(args, {
      from: { type: 'string' },
      head: { type: 'string', multiple: true },
      'accept-head': { type: 'boolean' },
      'accept-lost': { type: 'boolean' },
    });
    const from = values.from === undefined ? undefined : Number(values.from);
    if (from !== undefined && !(Number.isSafeInteger(from) && from > 0)) {
      throw new UsageError('--from needs the number of a line');
    }
    const accept = values['accept-head'] === true;
    if (accept && from !== undefined) throw new UsageError('--accept-head needs all lines');
    const acceptLost = values['accept-lost'] === true;
    if (acceptLost && !accept) throw new UsageError('--accept-lost goes with --accept-head');
    const given = (values.head ?? []).map(headOf);
    const asked = { from, given, accept, acceptLost };
    const { kept, given: state, result, lost = [] } = await verify(deps, asked);
    // An end that should be kept and is not: lines cut there would not be seen.
    const isKept = state === 'known' || state === 'accepted' || !hasLines(result, from);
    // Nothing was looked at: a number that is wrong must not be green for ever.
    const isBeyond = from !== undefined && result.fault === undefined && result.lines === 0;
    const isIntact = result.fault === undefined && isKept && !isBeyond;
    const document = {
      intact: isIntact,
      lines: result.lines,
      ...(isBeyond && { beyond: true }),
      unsealed: result.unsealed,
      head: state,
      ...(kept !== undefined && { headAt: kept }),
      chains: result.heads,
      ...(lost.length > 0 && { lost: lost.map((one) => ({ ...one, text: lostText(one) })) }),
      ...(result.fault && { fault: { ...result.fault, text: faultText(result.fault) } }),
    };
    const head = isKept ? 'known' : state;
    print(io, values, document, () => report({ result, head, from, isBeyond, lost }).join('\n'));
    return isIntact ? EXIT.ok : EXIT.failure;
  },
};

interface Asked {
  readonly from: number | undefined;
  readonly given: readonly Head[];
  readonly accept: boolean;
  readonly acceptLost: boolean;
}

async function verify(deps: Deps, { from, given, accept, acceptLost }: Asked) {
  const { audit, close } = await deps.openAudit(deps.loadConfig());
  try {
    // Read before the lines: what is written meanwhile only adds to them.
    const kept = await audit.heads();
    const heads = accept ? given : [...kept.heads, ...given];
    const result = await audit.verify({ from, heads });
    if (!accept || result.fault) {
      return { kept: kept.state === 'known' ? kept.at : undefined, given: kept.state, result };
    }
    const lost = await audit.lost(kept);
    const [first] = lost;
    if (first && !acceptLost) {
      return { kept: undefined, given: kept.state, result: { ...result, fault: first }, lost };
    }
    const line = { site: '*', actor: operatorLogin() } as const;
    for (const { site: target, reason, seq = 0, upTo } of lost) {
      const details = { reason, from: seq, upTo };
      await audit.record({ ...line, event: 'audit:lost-accepted', target, details });
    }
    await audit.record({
      ...line,
      event: 'audit:head-accepted',
      details: { was: kept.state, lines: result.lines },
    });
    await audit.acceptHeads();
    return { kept: undefined, given: 'accepted' as const, result };
  } finally {
    await close();
  }
}

const hasLines = ({ lines, heads }: Verification, from: number | undefined): boolean =>
  lines > 0 || heads.length > 0 || from !== undefined;

function headOf(text: string): Head {
  const [, site = '', seq = '', hash = ''] = HEAD.exec(text) ?? [];
  if (site === '') throw new UsageError('--head needs site:seq:hash, as "*:12:5e0f…"');
  return { site, seq: Number(seq), hash };
}

/** What a line says of itself may be what somebody wrote there: nothing that a terminal obeys. */
const shown = (text: string): string =>
  UNSHOWN.test(text) ? JSON.stringify(text).replaceAll(UNSHOWN_ALL, escaped) : text;

/** JSON leaves some of them as they are. */
const escaped = (char: string): string => `\\u{${char.codePointAt(0)?.toString(16)}}`;

const chainText = (site: string): string => (site === '*' ? 'of every site' : `of ${site}`);

/** Which lines are gone, for a person. */
function lostText({ site, reason, seq, upTo }: LostLines): string {
  const chain = `the lines ${chainText(shown(site))}`;
  if (reason === 'rewritten') {
    return `${chain}: number ${upTo} is not the one that was kept, nor perhaps those before it`;
  }
  return seq === upTo
    ? `${chain}: number ${upTo} is gone`
    : `${chain}: numbers ${seq} to ${upTo} are gone`;
}

/** What is wrong with a line, for a person. */
export function faultText(fault: ChainFault): string {
  const { reason, id, seq } = fault;
  const site = shown(fault.site);
  const details = fault.details === undefined ? undefined : shown(fault.details);
  const chain = chainText(site);
  const number = seq === undefined ? '' : `, number ${seq}`;
  const line = id === undefined ? `the lines ${chain}` : `line ${id} (${chain}${number})`;
  switch (reason) {
    case 'altered':
      return `${line}: altered: this is not what was written`;
    case 'inserted':
      return `${line}: inserted: it was not written with the key`;
    case 'missing':
      return id === undefined
        ? `the lines ${chain}: number ${seq} is missing`
        : `line ${id} (${chain}): lines are missing before it, from number ${seq} on`;
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

interface Report {
  readonly result: Verification;
  readonly head: keyof typeof HEADS;
  readonly from: number | undefined;
  /** There is no line from there on. */
  readonly isBeyond: boolean;
  readonly lost: readonly LostLines[];
}

function report({ result, head, from, isBeyond, lost }: Report): readonly string[] {
  const { lines, unsealed, fault } = result;
  return [
    ...(isBeyond ? [`NOT INTACT: there is no line from ${from} on.`] : verdict(fault, lost)),
    `${countOf(lines)} verified${from === undefined ? '' : ` from line ${from} on`}.`,
    ...(unsealed > 0
      ? [`${countOf(unsealed)} from before the chain: nothing is known of them.`]
      : []),
    ...HEADS[head],
  ];
}

const countOf = (lines: number): string => `${lines} ${lines === 1 ? 'line' : 'lines'}`;

function verdict(fault: ChainFault | undefined, lost: readonly LostLines[]): readonly string[] {
  if (lost.length > 0) return [...lost.map((one) => `NOT INTACT: ${lostText(one)}.`), LOST];
  return [fault ? `NOT INTACT: ${faultText(fault)}` : 'Every line holds.'];
}

const LOST =
  'Nothing was accepted: once you know why they are gone, --accept-head --accept-lost goes on without them.';

const ACCEPT = 'Once you know why, --accept-head begins a new one.';

const HEADS = {
  known: [],
  absent: [
    'NOT INTACT: the file that keeps the ends apart is not there: lines cut at the end would not be seen.',
    ACCEPT,
  ],
  altered: ['NOT INTACT: the file that keeps the ends apart is not what was written.', ACCEPT],
  'unknown-key': [
    'NOT INTACT: the file that keeps the ends apart is signed with a key that is not known here: give the server key of that time in ESTAFETTE_AUDIT_OLD_KEYS.',
    ACCEPT,
  ],
};
