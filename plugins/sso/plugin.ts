import { definePlugin } from 'estafette/plugin';
import { checkSettings } from './check';
import { type SsoConfig, ssoConfig } from './config';
import { signIn } from './contribution';
import { metadataCommand } from './metadata';

export default definePlugin<SsoConfig>({
  id: 'sso',
  api: '^1.0',
  title: 'sso:title',
  summary: 'sso:summary',
  needs: ['db', 'http:configured'],
  config: ssoConfig,
  check: checkSettings,
  secrets: ['<provider>.clientSecret', '<provider>.privateKey'],
  contributes: {
    signIn,
    commands: [metadataCommand],
  },
});
