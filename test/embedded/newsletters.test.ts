import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** The images of the newest letter of a sender, once the agent has asked for them. */
async function imagesFrom(sender: string): Promise<readonly { src: string; alt: string }[]> {
  const list = await web.get(`/mail/me/INBOX?search=1&in=from&q=${encodeURIComponent(sender)}`);
  const href = list.one('class', 'subject').attribs['href']?.split('?')[0] ?? '';
  const message = await web.get(`${href}?images=1`);
  const body = await web.get(message.one('data-message-body').attribs['src'] ?? '');
  return body
    .all(({ name }) => name === 'img')
    .map(({ attribs }) => ({ src: attribs['src'] ?? '', alt: attribs['alt'] ?? '' }))
    .filter(({ src }) => src !== ''); // the one of a single point is a tracker, and never asked
}

describe('the newsletters of the demonstration', () => {
  it('show the pictures that its own server has, through the proxy', async () => {
    const images = await imagesFrom('La Lettre des saisons');
    expect(images.length).toBeGreaterThan(1);
    expect(images.every(({ src }) => src.startsWith(`${web.base}/image/`))).toBe(true);
    expect(demo.stack.pictures.asked).toEqual([]);

    const answers = await Promise.all(images.map(({ src }) => fetch(src)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(demo.stack.pictures.asked).toHaveLength(images.length);
  });

  it('have words in the place of those that nobody has', async () => {
    const images = await imagesFrom('Fournitures');

    const answers = await Promise.all(images.map(({ src }) => fetch(src)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(images.map(({ alt }) => alt)).not.toContain('');
  });
});
