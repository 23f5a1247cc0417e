/** What an entry can be; the first that recognises it, in this order, says what it is. */
export const KINDS = [
  'service',
  'list',
  'functional',
  'shared',
  'unit',
  'resource',
  'application',
  'person',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a page knows to show of an entry. */
export const FACTS = [
  'name',
  'surname',
  'givenName',
  'mail',
  'otherMails',
  'title',
  'jobs',
  'missions',
  'phone',
  'mobile',
  'fax',
  'room',
  'street',
  'postalCode',
  'city',
  'service',
  'members',
  'owners',
  'managers',
  'assistants',
  'order',
  'photo',
  'absence',
  'absentFrom',
  'absentUntil',
  'substitute',
  'successor',
] as const;
export type Fact = (typeof FACTS)[number];

/** An entry is of a kind when one of its values is this one. */
export interface Sign {
  readonly attribute: string;
  readonly is: string;
}

export interface Profile {
  readonly kinds: Readonly<Record<Kind, readonly Sign[]>>;
  readonly facts: Readonly<Record<Fact, readonly string[]>>;
  readonly visibility?:
    | {
        readonly attribute: string;
        readonly hidden: readonly string[];
        readonly sameService: readonly string[];
      }
    | undefined;
  /** What an entry says whose picture others may see; of every entry without it. */
  readonly photoShown?: Sign | undefined;
}

const ofClass = (...names: readonly string[]): readonly Sign[] =>
  names.map((is) => ({ attribute: 'objectClass', is }));

/** RFC 4519, RFC 2798 and the ways of writing a group that directories use. */
const INET_ORG_PERSON: Profile = {
  kinds: {
    service: ofClass('organizationalUnit', 'organization'),
    list: ofClass('groupOfNames', 'groupOfUniqueNames', 'mailGroup', 'group'),
    functional: [{ attribute: 'employeeType', is: 'functional' }],
    shared: [{ attribute: 'employeeType', is: 'shared' }],
    unit: [{ attribute: 'employeeType', is: 'unit' }],
    resource: ofClass('device', 'room'),
    application: ofClass('applicationProcess'),
    person: ofClass('inetOrgPerson', 'person'),
  },
  facts: {
    name: ['displayName', 'cn', 'ou', 'o'],
    surname: ['sn'],
    givenName: ['givenName'],
    mail: ['mail'],
    otherMails: ['mailAlternateAddress', 'mailLocalAddress'],
    title: ['title'],
    jobs: ['businessCategory'],
    missions: ['description'],
    phone: ['telephoneNumber'],
    mobile: ['mobile'],
    fax: ['facsimileTelephoneNumber'],
    room: ['roomNumber', 'physicalDeliveryOfficeName'],
    street: ['street', 'postalAddress'],
    postalCode: ['postalCode'],
    city: ['l'],
    service: ['departmentNumber'],
    members: ['member', 'uniqueMember', 'memberUid'],
    owners: ['owner'],
    managers: ['manager'],
    assistants: ['secretary'],
    order: [],
    photo: ['jpegPhoto'],
    // No usual schema has them: a site names its own.
    absence: [],
    absentFrom: [],
    absentUntil: [],
    substitute: [],
    successor: [],
  },
};

const ofType = (...names: readonly string[]): readonly Sign[] =>
  names.map((is) => ({ attribute: 'mineqTypeEntree', is }));

/**
 * The names of the ministries’ directory, as the published code of Mél writes them (its ORM and its
 * plugin `annuaire`): one attribute says what an entry is.
 */
const MEL: Profile = {
  kinds: {
    service: [...ofType('NSER', 'NUNI'), ...ofClass('organizationalUnit', 'organization')],
    list: [
      ...ofType('LDIS', 'LDAB'),
      ...ofClass('mineqMelListe', 'mineqMelListeAbonnement', 'groupOfNames', 'groupOfUniqueNames'),
    ],
    functional: ofType('BALF'),
    shared: ofType('BALS', 'BALP'),
    unit: ofType('BALU'),
    resource: ofType('BALR'),
    application: ofType('BALA'),
    person: ofType('BALI'),
  },
  facts: {
    ...INET_ORG_PERSON.facts,
    mail: ['mailPR', 'mail'],
    otherMails: ['mineqMelMailEmission', 'mailAlternateAddress'],
    jobs: ['businessCategory'],
    missions: ['mineqMission', 'description'],
    // Addresses before logins: people of elsewhere are members by their address alone.
    members: ['member', 'uniqueMember', 'mineqMelMembres', 'memberUid'],
    order: ['mineqOrdreAffichage'],
  },
  // Below 30, Mél calls an entry local; it shows 20 to the service of who looks, and no 00 at all.
  visibility: { attribute: 'mineqPortee', hidden: ['00'], sameService: ['10', '20'] },
  photoShown: { attribute: 'mineqPublicationPhotoIntranet', is: '1' },
};

export const PROFILES: Readonly<Record<'inetOrgPerson' | 'mel', Profile>> = {
  inetOrgPerson: INET_ORG_PERSON,
  mel: MEL,
};
