import { definePlugin, type PluginContext, type SiteId, type SlotFacts } from 'estafette/plugin';
import { type SenderConfig, senderConfig } from './config';
import { createJudges, type Judge } from './judge';
import { type Marks, marksOf } from './marks';
import { createNamesakes } from './names';
import { warningsOf } from './warnings';

const judgeOf = createJudges();

const judgeAt = (
  context: PluginContext<SenderConfig>,
  place: { readonly site: SiteId; readonly groups?: readonly string[] },
): Judge => judgeOf(context.config(place), context.site(place.site).mailDomains);

const marksOn = (
  { site, groups, rows = [] }: SlotFacts,
  context: PluginContext<SenderConfig>,
): Marks | undefined => marksOf(rows, judgeAt(context, { site: site.id, groups }));

export default definePlugin<SenderConfig>({
  id: 'external-sender',
  api: '^1.0',
  title: 'external-sender:title',
  summary: 'external-sender:summary',
  needs: ['directory.read'],
  config: senderConfig,
  contributes: {
    settings: [
      {
        id: 'external-sender',
        labelKey: 'external-sender:title',
        fields: [
          {
            key: 'banner',
            kind: 'switch',
            labelKey: 'external-sender:setting.banner',
            helpKey: 'external-sender:setting.bannerHelp',
            default: true,
            defaultFrom: 'banner',
          },
        ],
      },
    ],
    slots: [{ slot: 'message-list.row.flags@1', view: 'row-mark', data: marksOn }],
    assets: { styles: ['external-sender.css'], on: ['mail'] },
  },

  activate(context) {
    const namesakes = createNamesakes(context);

    // The plain banner is the core's: it goes for partners, and for those who want none.
    context.hooks.on('message:model', async (view, _context, scope) => {
      const [from] = view.from;
      if (!view.isOutside || !from) return undefined;
      const kind = judgeAt(context, scope).of(from.mail)?.kind;
      if (kind === 'look-alike') return undefined;
      if (kind === 'inside' || kind === 'trusted') return { ...view, isOutside: false };
      if (!scope.as) return undefined;
      const { banner } = await context.settings(scope, scope.as.user);
      return banner === false ? { ...view, isOutside: false } : undefined;
    });

    context.hooks.on('message:warnings', (message, scope) =>
      warningsOf(message, judgeAt(context, scope)),
    );

    // Apart from the others: a slow directory must not cost the warnings that need none.
    context.hooks.on('message:warnings', async ({ from: [from] }, scope) => {
      const config = context.config(scope);
      if (!config.checkNames || !from) return undefined;
      if (judgeAt(context, scope).of(from.mail)?.kind !== 'outside') return undefined;
      const [mail] = await namesakes.find(scope.site, from.name);
      if (mail === undefined) return undefined;
      return [
        {
          level: 'warn',
          code: 'namesake',
          text: 'external-sender:warning.namesake',
          values: { name: from.name, mail, real: from.mail },
        },
      ];
    });

    context.hooks.on('recipient:classes', ({ addresses }, scope) => {
      const judge = judgeAt(context, scope);
      const classes: { mail: string; class: 'look-alike' | 'ministry' }[] = [];
      for (const mail of addresses) {
        const kind = judge.of(mail)?.kind;
        if (kind === 'look-alike') classes.push({ mail, class: kind });
        else if (kind === 'inside' || kind === 'trusted') classes.push({ mail, class: 'ministry' });
      }
      return classes;
    });

    context.hooks.on('message:sending', ({ recipients: { to, cc, bcc } }, scope) => {
      try {
        const config = context.config(scope);
        if (!config.confirm) return undefined;
        for (const { mail } of [...to, ...cc, ...bcc]) {
          const verdict = judgeAt(context, scope).of(mail);
          if (verdict?.kind !== 'look-alike') continue;
          return {
            deny: true,
            code: 'look-alike',
            message: 'external-sender:confirm',
            values: { mail, real: verdict.real },
            confirm: true,
          };
        }
        return undefined;
      } catch (error) {
        // A guard that fails denies; a message must leave all the same.
        context.log.error({ err: error, site: scope.site }, 'external-sender/failed');
        return undefined;
      }
    });
  },
});
