import type { LayerSay } from '../enabling';
import type { Told } from './explain';

/** The value in force in one line, then everybody who has a say, lowest first. */
export function describeExplanation({
  path,
  value,
  layers,
  locked,
  because,
  ...whom
}: Told): string {
  const last = layers.findLastIndex(({ ignored }) => !ignored);
  const lines = [
    `${path} = ${value === undefined ? 'nothing' : JSON.stringify(value)}${describeWhom(whom)}`,
    ...describeBecause(because),
    ...layers.map((say, index) => {
      const mark = index === last && !because ? '<- in force' : '';
      return `  ${say.layer.padEnd(8)} ${JSON.stringify(say.value)}  ${originOf(say)} ${mark}`;
    }),
  ];
  if (locked) {
    const by = locked.group === undefined ? 'the site' : `the group ${locked.group}`;
    const { file, line } = locked.place ?? {};
    lines.push(`  locked   by ${by} (${locked.path})  ${placeOf({ file, line })}`);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function describeWhom({ site, user, groups }: Pick<Told, 'site' | 'user' | 'groups'>): string {
  const who = user === undefined ? '' : `${user} of `;
  const of = groups === undefined ? '' : `, groups ${groups.join(', ')}`;
  return `  (${who}site ${site}${of})`;
}

function describeBecause(because: Told['because']): string[] {
  switch (because?.kind) {
    case 'requires':
      return [`  off: requires ${because.plugins.join(', ')}, off there`];
    case 'invalid':
      return because.faults.map(
        (fault) => `  off: ${fault.path}: ${fault.message}  ${placeOf(fault)}`,
      );
    case 'not-installed':
      return ['  off: the plugin is not installed'];
    default:
      return [];
  }
}

function originOf({ group, author, at, changeId, ignored, ...place }: LayerSay): string {
  return [
    group === undefined ? '' : `group ${group}:`,
    placeOf(place),
    author === undefined ? '' : `by ${author}, ${at}, change ${changeId}`,
    ignored === undefined ? '' : `(no effect: ${WITHOUT_EFFECT[ignored]})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const WITHOUT_EFFECT = { locked: 'locked', 'not-offered': 'not among the choices of the site' };

const placeOf = ({
  file,
  line,
}: {
  file?: string | undefined;
  line?: number | undefined;
}): string => (file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}`);
