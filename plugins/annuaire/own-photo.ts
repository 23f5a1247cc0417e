import { type PluginResponse, pictureOf } from 'estafette/plugin';
import { type Own, ownProblem, write } from './own';
import { isPhoto } from './own-fields';
import { tell } from './tell';

/** Of either side; beyond, a small file may be a huge picture in a browser. */
const SIDE_MAX = 4_096;
const SIDE_MIN = 16;

/** Puts a picture on one’s own entry, or takes it away. */
export async function changeOwnPhoto(own: Own): Promise<PluginResponse> {
  const { request, config, mapping, context, as } = own;
  const rule = config.own.find((one) => isPhoto(mapping, one));
  if (!rule) return { status: 404 };
  const to = (words: string): PluginResponse => ({ redirect: `${context.url('own')}?${words}` });
  const isRemoved = request.body['remove'] !== undefined;
  const file = request.files.find(({ content }) => content.length > 0);
  if (!isRemoved && !file) return to('failed=photoNone');
  const picture = file && pictureOf(file.content);
  if (!isRemoved) {
    const isJpeg = picture?.type === 'image/jpeg';
    if (!isJpeg || Math.min(picture.width, picture.height) < SIDE_MIN)
      return to('failed=photoType');
    const isLarge = Math.max(picture.width, picture.height) > SIDE_MAX;
    if (isLarge || picture.content.length > rule.maxBytes) return to('failed=photoSize');
  }
  const values = isRemoved || !picture ? [] : [picture.content];
  const problem = await write(own, { [rule.attribute]: values });
  if (problem) return ownProblem(own, problem);
  await tell(context, as, isRemoved ? 'own-photo-removed' : 'own-photo-changed', {
    attributes: rule.attribute,
    bytes: isRemoved ? 0 : (picture?.content.length ?? 0),
  });
  return to(isRemoved ? 'done=photoGone' : 'done=photo');
}
