import { definePlugin } from 'estafette/plugin';
import { type SsoConfig, ssoConfig } from './config';
import { signIn } from './contribution';
import { metadataCommand } from './metadata';
import { forgetSeen } from './once';

export default definePlugin<SsoConfig>({
  id: 'sso',
  api: '^1.0',
  title: 'sso:title',
  summary: 'sso:summary',
  needs: ['db', 'http:configured'],
  config: ssoConfig,
  secrets: ['<provider>.clientSecret', '<provider>.privateKey'],
  contributes: {
    signIn,
    commands: [metadataCommand],
    jobs: [
      {
        id: 'forgetting',
        every: '1h',
        timeoutS: 60,
        async run(context) {
          const forgotten = await forgetSeen(context);
          context.log.info({ forgotten }, 'sso/forgotten');
        },
      },
    ],
  },
});
