import { AppError, toAppError } from '../../base/errors';
import type { IdentityFields, IdentityProblem, StoredIdentity } from '../../compose';
import { field, formOf } from '../body';
import type { Form } from '../compose-form';
import { setFlash } from '../flash';
import { moveTargets } from '../folders';
import { mailFrame, plainShell } from '../mail-page';
import type { IdentitiesModel } from '../pages/own-texts';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

const IDENTITIES = '/identities';

/** What is wrong → the field that it is said at, and its text. */
const PROBLEMS: Readonly<Record<IdentityProblem, readonly [string, string]>> = {
  many: ['label', 'identities.problem.many'],
  long: ['name', 'identities.problem.long'],
  name: ['name', 'identities.problem.name'],
  mail: ['mail', 'identities.problem.mail'],
  replyTo: ['replyTo', 'identities.problem.replyTo'],
  bcc: ['bcc', 'identities.problem.bcc'],
  sentMailbox: ['sentMailbox', 'identities.problem.sentMailbox'],
  signature: ['text', 'identities.problem.signature'],
};

type Typed = IdentityFields & { readonly id: string };

const EMPTY: Typed = {
  id: '',
  label: '',
  name: '',
  mail: '',
  replyTo: '',
  bcc: '',
  signature: '',
  signatureHtml: '',
  sentMailbox: '',
  isDefault: false,
};

async function page(
  call: OpenCall,
  shown: Typed | undefined,
  problem?: IdentityProblem,
): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const { own } = deps.compose;
  const [stored, addresses, frame] = await Promise.all([
    own.identities(actor),
    own.addresses(actor),
    mailFrame(call, undefined),
  ]);
  const mails = addresses.map(({ mail }) => mail);
  const model: IdentitiesModel = {
    rows: stored.map((one) => rowOf(call, one, mails)),
    isFull: stored.length >= 20,
    form: shown && {
      ...shown,
      fields: {
        // A signature without formatting stays so until its agent formats it.
        format: shown.signatureHtml !== '' || shown.id === '' ? 'html' : 'plain',
        text: shown.signature,
        html: shown.signatureHtml,
      },
      error: problem && {
        field: PROBLEMS[problem][0],
        text: ctx.t(PROBLEMS[problem][1]),
      },
    },
    hasNames: ctx.site.sending?.senderNames !== false,
    addresses: mails,
    places: moveTargets(frame.account, '', ctx.t),
  };
  await sendPage(deps, req, res, {
    view: 'identities',
    status: problem ? 422 : 200,
    model,
    shell: plainShell(call, { title: ctx.t('identities.title'), area: 'own-texts' }),
  });
}

function rowOf(
  { ctx, actor }: OpenCall,
  one: StoredIdentity,
  mails: readonly string[],
): IdentitiesModel['rows'][number] {
  const name = one.name || actor.user.name;
  const told: readonly (readonly [string, string])[] = [
    [one.replyTo, ctx.t('identities.answersTo', { address: one.replyTo })],
    [one.bcc, ctx.t('identities.copiesTo', { addresses: one.bcc })],
    [one.sentMailbox, ctx.t('identities.filedIn', { mailbox: one.sentMailbox })],
    [one.signature, one.signature.split('\n')[0] ?? ''],
  ];
  return {
    id: one.id,
    title: one.label === '' ? name : `${one.label} – ${name}`,
    mail: one.mail,
    isDefault: one.isDefault,
    isGone: !mails.some((mail) => mail.toLowerCase() === one.mail.toLowerCase()),
    details: told.filter(([value]) => value !== '').map(([, text]) => text),
    editHref: `${IDENTITIES}?edit=${encodeURIComponent(one.id)}`,
  };
}

async function show(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const asked = req.query['edit'];
  if (typeof asked === 'string') {
    const stored = await deps.compose.own.identities(actor);
    const found = stored.find(({ id }) => id === asked);
    if (!found) throw new AppError('request/not-found');
    return page(call, found);
  }
  return page(call, req.query['new'] === '1' ? { ...EMPTY, mail: actor.user.mail } : undefined);
}

function typedIn(form: Form): Typed {
  const isRich = field(form, 'format') === 'html';
  return {
    id: field(form, 'id'),
    label: field(form, 'label'),
    name: field(form, 'name'),
    mail: field(form, 'mail'),
    replyTo: field(form, 'replyTo'),
    bcc: field(form, 'bcc'),
    sentMailbox: field(form, 'sentMailbox'),
    isDefault: field(form, 'isDefault') === '1',
    signature: field(form, 'text').replaceAll('\r\n', '\n'),
    signatureHtml: isRich ? field(form, 'html') : '',
  };
}

async function save(call: OpenCall): Promise<void> {
  const { deps, actor, req, res, ctx } = call;
  const typed = typedIn(formOf(req.body));
  const { id, ...given } = typed;
  const stored = await deps.compose.own.identities(actor);
  const before = stored.find((one) => one.id === id);
  // Without scripts a formatted signature is shown as text: left as it is, it keeps its formatting.
  const isUntouched = before?.signatureHtml && before.signature === given.signature.trimEnd();
  const fields = {
    ...given,
    ...(isUntouched && given.signatureHtml === '' && { signatureHtml: before.signatureHtml }),
    // Where names are the directory's, the field is not in the form.
    ...(ctx.site.sending?.senderNames === false && { name: '' }),
  };
  try {
    await deps.compose.own.keepIdentity(actor, fields, id === '' ? undefined : id);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'identity/invalid') throw error;
    return page(call, typed, error.details['problem'] as IdentityProblem); // our own word
  }
  setFlash(deps, res, { level: 'ok', key: 'identities.saved', values: {} });
  seeOther(res, IDENTITIES);
}

async function remove(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  await deps.compose.own.removeIdentity(actor, field(formOf(req.body), 'id'));
  setFlash(deps, res, { level: 'ok', key: 'identities.removed', values: {} });
  seeOther(res, IDENTITIES);
}

export const identityRoutes: readonly RouteSpec[] = [
  { method: 'get', path: IDENTITIES, access: 'open', handle: show },
  { method: 'post', path: `${IDENTITIES}/save`, access: 'open', handle: save },
  { method: 'post', path: `${IDENTITIES}/remove`, access: 'open', handle: remove },
];
