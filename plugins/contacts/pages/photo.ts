import type { PluginResponse } from 'estafette/plugin';
import { writeCard } from '../card';
import { contactOf } from '../store';
import { type Desk, hrefOf } from './common';

/** Of a card; larger ones are refused with a word, not shrunk in silence. */
export const PHOTO_MAX_BYTES = 500_000;

const SIGNS: readonly (readonly [string, (bytes: Buffer) => boolean])[] = [
  ['image/png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))],
  ['image/jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['image/gif', (bytes) => /^GIF8[79]a/.test(bytes.subarray(0, 6).toString('latin1'))],
  ['image/webp', (bytes) => /^RIFF....WEBP/s.test(bytes.subarray(0, 12).toString('latin1'))],
];

/** What its bytes say that a picture is, whatever its name and type. */
export const imageType = (content: Buffer): string | undefined =>
  SIGNS.find(([, isIt]) => isIt(content))?.[0];

/** The photo of a card, of a type that is shown. */
export async function sendPhoto({ request, store, person }: Desk): Promise<PluginResponse> {
  const card = await store.cardById(person, request.params['id'] ?? '');
  const photo = card && contactOf(card.text)?.photo;
  const type = photo && imageType(photo.content);
  if (!photo || !type) return { status: 404 };
  return {
    file: { name: `photo.${type.slice(6)}`, type, content: photo.content, isInline: true },
  };
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
  const file = request.files.find(({ content }) => content.length > 0);
  if (file && file.content.length > PHOTO_MAX_BYTES) return to({ failed: 'photoSize' });
  const type = file && imageType(file.content);
  if (request.body['remove'] === undefined && !type) return to({ failed: 'photoType' });
  const text = writeCard(
    file && type && request.body['remove'] === undefined
      ? { ...rest, photo: { type, content: file.content } }
      : rest,
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
