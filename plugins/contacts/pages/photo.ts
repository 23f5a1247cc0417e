import { type PluginFile, type PluginResponse, pictureOf } from 'estafette/plugin';
import { type Photo, writeCard } from '../card';
import { isTooWide, pictureIn } from '../card/photo';
import { type CardRow, contactOf } from '../store';
import { type Context, type Desk, hrefOf } from './common';

/** Of a card; larger ones are refused with a word, not shrunk in silence. */
export const PHOTO_MAX_BYTES = 500_000;

/** What a file begins with that would be a picture, were it whole. */
const SIGNS = /^(?:\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF[\s\S]{4}WEBP)/;

/** Where the photo of a card is shown; its bytes have an address of their own as long as they are the same. */
export const photoHref = (
  context: Pick<Context, 'url'>,
  { id, etag, isPictured }: Pick<CardRow, 'id' | 'etag' | 'isPictured'>,
): string => (isPictured ? hrefOf(context, `photo/${id}`, { v: versionOf({ etag }) }) : '');

const versionOf = ({ etag }: Pick<CardRow, 'etag'>): string => etag.slice(1, 9);

/** The photo of a card as it may be shown; the card keeps what a program put there. */
export async function sendPhoto({ request, store, person }: Desk): Promise<PluginResponse> {
  const card = await store.cardById(person, request.params['id'] ?? '');
  const picture = card && pictureIn(contactOf(card.text)?.photo);
  if (!picture) return { status: 404 };
  const { type, content } = picture;
  const keep = request.query['v'] === versionOf(card) ? 'version' : 'check';
  return { file: { name: `photo.${type.slice(6)}`, type, content, isInline: true, keep } };
}

/** A file as the photo of a card: the picture alone, without place, date and device. */
function photoFrom(
  file: PluginFile | undefined,
): Photo | 'photoType' | 'photoBroken' | 'photoWide' | 'photoSize' {
  if (!file || !SIGNS.test(file.content.toString('latin1', 0, 12))) return 'photoType';
  const picture = pictureOf(file.content);
  if (!picture) return file.content.length > PHOTO_MAX_BYTES ? 'photoSize' : 'photoBroken';
  if (isTooWide(picture)) return 'photoWide';
  return picture.content.length > PHOTO_MAX_BYTES ? 'photoSize' : picture;
}

/** Puts a picture on a card, or takes it away. */
export async function changePhoto(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const id = request.body['id'] ?? '';
  const card = await store.cardById(person, id);
  const contact = card && contactOf(card.text);
  if (!card || !contact) return { status: 404 };
  const to = (query: Readonly<Record<string, string>>): PluginResponse => ({
    redirect: hrefOf(context, '', { id, ...query }),
  });
  const { photo: _former, ...rest } = contact;
  const isRemoved = request.body['remove'] !== undefined;
  const photo = isRemoved
    ? undefined
    : photoFrom(request.files.find(({ content }) => content.length > 0));
  if (typeof photo === 'string') return to({ failed: photo });
  const { type, content } = photo ?? {};
  const text = writeCard(
    type !== undefined && content ? { ...rest, photo: { type, content } } : rest,
    card.text,
  );
  const put = await store.put(person, card.book, card.uri, text, { ifMatch: card.etag });
  if (put.kind === 'conflict') return to({ failed: 'changed' });
  if (put.kind !== 'updated')
    return to({
      failed: put.kind === 'refused' && put.reason === 'rights' ? 'rights' : 'photoSize',
    });
  return to({ done: 'photo' });
}
