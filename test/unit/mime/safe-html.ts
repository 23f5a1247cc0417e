import { Parser } from 'htmlparser2';

/** Independent of the sanitiser's own tables on purpose: what a reader of output may find. */
const TAGS = new Set(
  `a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col
  colgroup dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6
  header hgroup hr i img ins kbd li main mark menu nav nobr ol p pre q rp rt ruby s samp section
  small span strike strong style sub summary sup table tbody td tfoot th thead time tr tt u ul var
  wbr`.split(/\s+/),
);
const ATTRIBUTES = new Set(
  `align alt aria-hidden aria-label background bgcolor border bordercolor cellpadding cellspacing
  class clear color colspan compact datetime dir face frame height href hspace id lang name noshade
  nowrap open rel role rowspan rules scope size span src start style summary target title type
  valign value vspace width`.split(/\s+/),
);

export interface Finding {
  readonly tag: string;
  readonly problem: string;
}

export interface Found {
  readonly problems: readonly Finding[];
  /** Every address the document would load from, styles included. */
  readonly loads: readonly string[];
  readonly text: string;
}

/** Re-parses output and lists everything a browser should not have been given. */
export function inspect(html: string, allowedLoad: (url: string) => boolean = () => false): Found {
  const problems: Finding[] = [];
  const loads: string[] = [];
  const texts: string[] = [];
  let inStyle = false;
  const load = (tag: string, url: string): void => {
    loads.push(url);
    const isData = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(url);
    if (!isData && !allowedLoad(url)) problems.push({ tag, problem: `loads ${url.slice(0, 80)}` });
  };
  const css = (tag: string, text: string): void => {
    const plain = text.replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16) || 0xfffd),
    );
    for (const match of plain.matchAll(/url\(\s*["']?([^"')]*)/gi)) load(tag, match[1] ?? '');
    const bad =
      /@import|@font-face|@namespace|expression|javascript:|behavior|-moz-binding|position\s*:|z-index|image-set|src\(|image\(|element\(|cross-fade|</i.exec(
        plain,
      );
    if (bad) problems.push({ tag, problem: `style has ${bad[0]}` });
    if (/https?:|\/\//i.test(plain) && !/url\(/i.test(plain)) {
      problems.push({ tag, problem: 'style names an address' });
    }
  };
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        inStyle = tag === 'style';
        if (!TAGS.has(tag)) problems.push({ tag, problem: 'tag' });
        for (const [name, value] of Object.entries(attributes)) {
          if (!ATTRIBUTES.has(name)) problems.push({ tag, problem: `attribute ${name}` });
          if (name === 'src' || name === 'background') load(tag, value);
          if (name === 'style') css(tag, value);
          if (name === 'href' && !/^(?:https?:\/\/|mailto:|tel:|#m-)/i.test(value)) {
            problems.push({ tag, problem: `href ${value.slice(0, 60)}` });
          }
          if (name === 'href' && !value.startsWith('#')) {
            if (attributes['target'] !== '_blank' || !attributes['rel']?.includes('noopener')) {
              problems.push({ tag, problem: 'link without target or rel' });
            }
          }
          if ((name === 'id' || name === 'name') && !value.startsWith('m-')) {
            problems.push({ tag, problem: `${name} ${value}` });
          }
        }
      },
      ontext(text) {
        if (inStyle) css('style', text);
        else texts.push(text);
      },
      onclosetag() {
        inStyle = false;
      },
      oncomment(text) {
        problems.push({ tag: 'comment', problem: text });
      },
      onprocessinginstruction(name) {
        problems.push({ tag: 'instruction', problem: name });
      },
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  return { problems, loads, text: texts.join('') };
}
