import type { DirectoryFilter } from 'estafette/plugin';
import type { AnnuaireConfig } from './config';
import { FACTS, type Fact, KINDS, type Kind, PROFILES, type Profile } from './profiles';

/** How the directory of a site says things: its profile, and what the site says otherwise. */
export interface Mapping extends Profile {
  /** Attributes whose words are searched. */
  readonly searched: readonly string[];
  /** Where a page finds people by their room or town as well; a site that says what is searched says all. */
  readonly places: readonly string[];
  /** Where telephone numbers stand. */
  readonly phones: readonly string[];
  /** All that is asked of an entry, in lower case: some servers know no other. */
  readonly asked: readonly string[];
}

/** What `memberUid` has the values of (RFC 2307). */
export const LOGIN = 'uid';

/** Attributes that no directory has: other plugins put them on entries (`directory:entry`). */
const OFFERED = 'estafette-';
const OFFERED_FACTS = {
  absence: 'absence',
  absentFrom: 'absent-from',
  absentUntil: 'absent-until',
  substitute: 'substitute',
  successor: 'successor',
} as const satisfies Partial<Record<Fact, string>>;

/** A calendar knows better than a directory who is away: what it says comes before. */
const offeredFirst = (facts: Profile['facts']): Partial<Profile['facts']> =>
  Object.fromEntries(
    (Object.keys(OFFERED_FACTS) as (keyof typeof OFFERED_FACTS)[]).map((fact) => [
      fact,
      [`${OFFERED}${OFFERED_FACTS[fact]}`, ...facts[fact]],
    ]),
  );

const known = new WeakMap<object, Mapping>();

/** The mapping of a configuration, made once. */
export function mappingOf(config: Readonly<AnnuaireConfig>): Mapping {
  const made = known.get(config) ?? makeMapping(config);
  known.set(config, made);
  return made;
}

function makeMapping(config: Readonly<AnnuaireConfig>): Mapping {
  const profile = PROFILES[config.profile];
  const kinds = { ...profile.kinds, ...config.kinds } as Profile['kinds'];
  const named = { ...profile.facts, ...config.attributes } as Profile['facts'];
  const facts = { ...named, ...offeredFirst(named) };
  const visibility = config.visibility ?? profile.visibility;
  const of = (...names: readonly Fact[]): readonly string[] => [
    ...new Set(names.flatMap((name) => facts[name])),
  ];
  return {
    kinds,
    facts,
    visibility,
    photoShown: config.photoShown ?? profile.photoShown,
    searched: config.searched ?? of('name', 'title', 'service').filter((name) => name !== 'o'),
    places: config.searched ? [] : of('room', 'city'),
    phones: of('phone', 'mobile'),
    asked: [
      ...new Set(
        [
          'objectClass',
          // Lists may name their members by logins.
          LOGIN,
          ...of(...FACTS.filter((name) => name !== 'photo')),
          ...Object.values(kinds).flatMap((signs) => signs.map(({ attribute }) => attribute)),
          ...(visibility ? [visibility.attribute] : []),
        ]
          .map((name) => name.toLowerCase())
          .filter((name) => !name.startsWith(OFFERED)),
      ),
    ],
  };
}

type Attributes = Readonly<Record<string, readonly string[]>>;

/** What an entry is; `undefined` for what is none of the kinds. */
export const kindOf = ({ kinds }: Mapping, attributes: Attributes): Kind | undefined =>
  KINDS.find((kind) =>
    kinds[kind].some(({ attribute, is }) =>
      attributes[attribute.toLowerCase()]?.some(
        (value) => value.toLowerCase() === is.toLowerCase(),
      ),
    ),
  );

/** Values of a fact, in the order of its attributes, each once. */
export const valuesOf = ({ facts }: Mapping, attributes: Attributes, fact: Fact): string[] => [
  ...new Set(facts[fact].flatMap((name) => attributes[name.toLowerCase()] ?? [])),
];

/** Entries of these kinds, for the directory: a kind that comes first takes what both recognise. */
export const ofKinds = ({ kinds }: Mapping, wanted: readonly Kind[]): DirectoryFilter => ({
  any: wanted.flatMap((kind) => kinds[kind].map(({ attribute, is }) => ({ attribute, is }))),
});

/** Entries that are not hidden from everybody. */
export const notHidden = ({ visibility }: Mapping): readonly DirectoryFilter[] =>
  (visibility?.hidden ?? []).map((is) => ({
    not: { attribute: visibility?.attribute ?? '', is },
  }));
