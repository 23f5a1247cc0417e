import type { Kind } from './profiles';

/** What a kind of entry is called, alone and together. */
export const KIND_TEXTS: Readonly<Record<Kind, { readonly one: string; readonly all: string }>> = {
  service: { one: 'annuaire:kind.service', all: 'annuaire:kinds.service' },
  list: { one: 'annuaire:kind.list', all: 'annuaire:kinds.list' },
  functional: { one: 'annuaire:kind.functional', all: 'annuaire:kinds.functional' },
  shared: { one: 'annuaire:kind.shared', all: 'annuaire:kinds.shared' },
  unit: { one: 'annuaire:kind.unit', all: 'annuaire:kinds.unit' },
  resource: { one: 'annuaire:kind.resource', all: 'annuaire:kinds.resource' },
  application: { one: 'annuaire:kind.application', all: 'annuaire:kinds.application' },
  person: { one: 'annuaire:kind.person', all: 'annuaire:kinds.person' },
};

/** In the order of the filters. */
export const FILTERED: readonly Kind[] = [
  'person',
  'service',
  'functional',
  'shared',
  'unit',
  'list',
  'resource',
  'application',
];

/** Icons of the sprite; people have their initials. */
export const KIND_ICONS: Readonly<Record<Kind, string>> = {
  service: 'building',
  list: 'mail',
  functional: 'inbox',
  shared: 'inbox',
  unit: 'inbox',
  resource: 'pin',
  application: 'settings',
  person: 'user',
};

export const PHONE_TEXTS = {
  phone: 'annuaire:card.phone',
  mobile: 'annuaire:card.mobile',
  fax: 'annuaire:card.fax',
} as const;
