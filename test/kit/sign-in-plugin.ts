import path from 'node:path';
import {
  type PluginDefinition,
  type SignInContribution,
  type SignInMethod,
  secretHandle,
} from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';

/** Whom the provider of the tests knows, by the code that it brings back. */
export interface FakePerson {
  readonly subject: string;
  readonly login: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface FakeProvider {
  readonly plugin: FoundPlugin;
  /** Code → person: what a right return is worth. */
  readonly people: Map<string, FakePerson>;
  /** Requests to the contribution, by name, as they came. */
  readonly asked: { readonly what: string; readonly request: unknown }[];
  /** Answers in place of the ordinary ones. */
  readonly answers: Map<keyof SignInContribution, (request: unknown) => unknown>;
}

export const FAKE_ISSUER = 'https://idp.example';

/**
 * A provider that believes any code it knows: for tests of what the core makes of an answer. It sends
 * to `https://idp.example/authorize?state=…`, and wants that state back.
 */
export function fakeProvider(
  id = 'fake-sso',
  methods: readonly SignInMethod[] = METHODS,
): FakeProvider {
  const people: FakeProvider['people'] = new Map();
  const asked: FakeProvider['asked'] = [];
  const answers: FakeProvider['answers'] = new Map();
  let count = 0;

  /** What a test put in place, else the ordinary answer. */
  function answer<T>(what: keyof SignInContribution, request: unknown, ordinary: () => T): T {
    asked.push({ what, request });
    const instead = answers.get(what);
    return instead ? (instead(request) as T) : ordinary();
  }

  const signIn: SignInContribution = {
    methods: () => answer('methods', undefined, () => methods),
    begin: async (request) =>
      answer('begin', request, () => {
        count += 1;
        const state = `state-${count}`;
        const query = new URLSearchParams({ state, redirect_uri: request.callback });
        return { redirect: `${FAKE_ISSUER}/authorize?${query.toString()}`, keep: { state } };
      }),
    finish: async (request) =>
      answer('finish', request, () => {
        const given = request.via === 'post' ? request.body : request.query;
        if (given['state'] !== request.keep['state']) {
          return { refused: 'invalid', code: 'state-mismatch' } as const;
        }
        const person = people.get(given['code'] ?? '');
        if (!person) return { refused: 'invalid', code: 'unknown-code' } as const;
        const { subject, login, more } = person;
        return {
          issuer: FAKE_ISSUER,
          subject,
          login,
          authenticatedAt: new Date().toISOString(),
          session: `sid-of-${subject}`,
          leaving: { hint: `hint-of-${subject}` },
          tokens: { access: secretHandle('access-token-of-the-test') },
          ...more,
        };
      }),
    leave: async (request) =>
      answer(
        'leave',
        request,
        () => `${FAKE_ISSUER}/logout?hint=${request.leaving['hint']}&back=${request.back}`,
      ),
    refresh: async (request) => answer('refresh', request, () => undefined),
    notice: async (request) =>
      answer('notice', request, () =>
        request.body['proof'] === 'right'
          ? {
              issuer: FAKE_ISSUER,
              ...(request.body['sid'] !== undefined && { session: request.body['sid'] }),
              ...(request.body['sub'] !== undefined && { subject: request.body['sub'] }),
            }
          : undefined,
      ),
  };
  const definition: PluginDefinition = {
    id,
    api: '^1.0',
    title: `${id}:title`,
    contributes: { signIn },
  };
  const locale = { title: 'Connexion des essais' };
  const plugin: FoundPlugin = {
    id,
    version: '0.0.0',
    dir: path.join(__dirname, id),
    definition,
    migrations: [],
    locales: { fr: locale, en: locale },
  };
  return { plugin, people, asked, answers };
}

const METHODS: readonly SignInMethod[] = [
  { id: 'main', label: 'Se connecter avec la carte' },
  {
    id: 'other',
    label: 'Se connecter autrement',
    look: 'proconnect',
    about: { label: 'Qu’est-ce que c’est ?', href: 'https://idp.example/about' },
  },
];
