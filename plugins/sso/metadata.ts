import type { PluginCommand, SiteId } from 'estafette/plugin';
import type { SsoConfig } from './config';
import { findProvider } from './providers';
import { samlMetadata } from './saml/client';

const USAGE = 'sso:metadata <site> <provider> <host>';
const HOST = /^[a-z0-9.-]{1,253}$/i;

/** `estafette sso:metadata`: the SAML metadata to give to whoever runs the provider. */
export const metadataCommand: PluginCommand<SsoConfig> = {
  name: 'sso:metadata',
  summary: `SAML metadata of this platform, for the provider: ${USAGE}`,
  async run(context, { args, print }) {
    const [site = '', id = '', host = '', ...more] = args;
    if (!HOST.test(host) || more.length > 0) {
      print(USAGE);
      return 2;
    }
    // An id that is no site of the installation has no configuration, which says so.
    const provider = findProvider(context, site as SiteId, id);
    if (provider?.kind !== 'saml') {
      print(`${id} is no SAML provider of ${site}`);
      return 1;
    }
    const way = `https://${host}/login/${context.id}/${id}`;
    const addresses = { callback: `${way}/callback`, notice: `${way}/notice` };
    print(samlMetadata({ context, site: site as SiteId, provider }, addresses));
    return 0;
  },
};
