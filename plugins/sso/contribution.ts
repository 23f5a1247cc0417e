import type { SignInContribution, SignInMethod, SignInRefusal, SiteId } from 'estafette/plugin';
import { beginCas, finishCas, leaveCas, noticeCas } from './cas/cas';
import { checkProvider } from './check';
import type { SsoConfig } from './config';
import { leaveOidc, refreshOidc } from './oidc/after';
import { beginOidc } from './oidc/begin';
import { finishOidc } from './oidc/finish';
import { noticeOidc } from './oidc/notice';
import { findProvider, type Provider, providersOf } from './providers';
import { Refused } from './refused';
import { noticeSaml } from './saml/notice';
import { beginSaml, finishSaml, leaveSaml } from './saml/saml';
import type { Sso } from './types';

/** The ways of each protocol, chosen by the provider's kind. */
export const signIn: SignInContribution<SsoConfig> = {
  offered: ({ providers }) =>
    providers.map(({ id, kind }) => ({ id, givesToken: kind === 'oidc' })),

  methods: (site, locale, context) =>
    providersOf(context, site).map((provider): SignInMethod => {
      const { id, label, look } = provider;
      const about = provider.kind === 'oidc' ? provider.about : undefined;
      return {
        id,
        label: typeof label === 'string' ? label : label[locale],
        ...(look !== undefined && { look }),
        ...(about !== undefined && {
          about: { label: context.text(locale)('sso:whatIsProConnect'), href: about },
        }),
      };
    }),

  begin: (request, context) =>
    told(context, request, async (provider) => {
      const step = { context, site: request.site };
      switch (provider.kind) {
        case 'oidc':
          return beginOidc({ ...step, provider }, request);
        case 'cas':
          return beginCas({ ...step, provider }, request);
        case 'saml':
          return beginSaml({ ...step, provider }, request);
      }
    }),

  finish: (request, context) =>
    told(context, request, async (provider) => {
      const step = { context, site: request.site };
      switch (provider.kind) {
        case 'oidc':
          return finishOidc({ ...step, provider }, request);
        case 'cas':
          return finishCas({ ...step, provider }, request);
        case 'saml':
          return finishSaml({ ...step, provider }, request);
      }
    }),

  async leave(request, context) {
    const { site, method } = request;
    const provider = findProvider(context, site, method);
    switch (provider?.kind) {
      case 'oidc':
        return leaveOidc({ context, site, provider }, request);
      case 'cas':
        return leaveCas(provider, request.back);
      case 'saml':
        return leaveSaml({ context, site, provider }, request);
      default:
        return undefined;
    }
  },

  async notice(request, context) {
    const { site, method, body } = request;
    const provider = findProvider(context, site, method);
    try {
      switch (provider?.kind) {
        case 'oidc':
          return await noticeOidc({ context, site, provider }, body);
        case 'cas':
          return await noticeCas({ context, site, provider }, body);
        case 'saml':
          return await noticeSaml({ context, site, provider }, request);
        default:
          return undefined;
      }
    } catch (error) {
      if (!(error instanceof Refused) || error.refused === 'unavailable') throw error;
      context.log.warn({ site, provider: method, code: error.code }, 'sso/notice-refused');
      return error.refusal;
    }
  },

  check: checkProvider,

  async refresh({ site, method, refresh }, context) {
    const provider = findProvider(context, site, method);
    return provider?.kind === 'oidc'
      ? refreshOidc({ context, site, provider }, refresh)
      : undefined;
  },
};

/** What is refused is told; what fails goes up, and is `unavailable` there. */
async function told<T>(
  context: Sso,
  { site, method }: { readonly site: SiteId; readonly method: string },
  work: (provider: Provider) => Promise<T>,
): Promise<T | SignInRefusal> {
  const provider = findProvider(context, site, method);
  if (!provider) return { refused: 'invalid', code: 'unknown-method' };
  try {
    return await work(provider);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refused, code } = error;
    const reason = reasonOf(error.cause);
    context.log.info({ site, provider: method, refused, code, reason }, 'sso/refused');
    return error.refusal;
  }
}

/** One line for whoever sets a provider up; objects of libraries hold tokens and are left out. */
const reasonOf = (cause: unknown): string | undefined =>
  cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, 200) : undefined;
