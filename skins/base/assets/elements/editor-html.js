/** What the editor may hold; the server's sanitiser has the last word on what is stored and sent. */
const TAGS = new Set(
  `a abbr address b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
  font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup
  table tbody td tfoot th thead tr tt u ul var`.split(/\s+/),
);
/** Dropped with all that is in them; any other element gives way to its content. */
const DROPPED = new Set(
  `applet audio base button canvas embed frame frameset head iframe input link math meta noframes
  noscript object option param script select source style svg template textarea title track
  video xmp`.split(/\s+/),
);
const ATTRIBUTES = new Set(
  `align alt bgcolor border cellpadding cellspacing class color colspan dir face height lang rowspan
  size start title type valign width`.split(/\s+/),
);
const LINKS = /^(?:https?:|mailto:|tel:)/i;
/** A part of the original that is not copied yet has no address: `pending:2`. */
const OWN_IMAGES =
  /^(?:\/compose\/[\w-]+\/attachments\/[\w%.@-]+$|data:image\/(?:png|jpeg|gif|webp);base64,)/i;
const MAX_DEPTH = 200;

/** Start tags, quoted values whole, so that attributes are found in them and not in text. */
const START_TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
/** What the policy would refuse, with a report, while it is being parsed. */
const REFUSED_NAMES = /([\s"'/])(style|on[a-z]+)(?=\s*=)/gi;
const REFUSED_ELEMENT = /<(\/?)style\b/gi;

/**
 * The page's policy refuses style attributes, even in a parsed document that is never shown. Here
 * each distinct style becomes a rule of an own sheet, and its element carries the rule's number;
 * what leaves the editor has the attribute again.
 */
export class EditorHtml {
  #styles = [];
  #moved = new Map();
  #sheet = new CSSStyleSheet();

  attach() {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
  }

  detach() {
    const others = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
    document.adoptedStyleSheets = others;
  }

  /**
   * Other addresses of images: kept, because undoing brings the old ones back. Answers the pairs
   * that are images of ours.
   */
  move(pairs) {
    const moved = pairs.filter(([before, after]) => before !== after && OWN_IMAGES.test(after));
    for (const [before, after] of moved) this.#moved.set(before, after);
    return moved;
  }

  /** Any HTML (a stored draft, something pasted) to nodes that can do nothing. */
  fragment(html) {
    const quiet = html
      .replace(REFUSED_ELEMENT, '<$1xmp') // raw text as well, and dropped
      .replace(START_TAG, (tag) => tag.replace(REFUSED_NAMES, '$1data-$2'));
    const parsed = new DOMParser().parseFromString(quiet, 'text/html');
    const fragment = document.createDocumentFragment();
    this.#copy(parsed.body, fragment, 0);
    return fragment;
  }

  #copy(from, to, depth) {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
      else if (node.nodeType === Node.ELEMENT_NODE && depth < MAX_DEPTH) {
        this.#copyElement(node, to, depth + 1);
      }
    }
  }

  #copyElement(from, to, depth) {
    const name = from.localName;
    const isHtml = from.namespaceURI === 'http://www.w3.org/1999/xhtml';
    if (!isHtml || DROPPED.has(name)) return;
    if (!TAGS.has(name)) {
      this.#copy(from, to, depth);
      return;
    }
    // Made in this document, attribute by attribute: nothing of the parsed one is taken over.
    const element = document.createElement(name);
    for (const { name: key, value } of from.attributes) this.#copyAttribute(element, key, value);
    this.#copy(from, element, depth);
    to.append(element);
  }

  #copyAttribute(element, key, value) {
    if (ATTRIBUTES.has(key)) element.setAttribute(key, value);
    else if (key === 'data-style') this.#style(element, value);
    // Copied within the editor: the number still stands for the same rule.
    else if (key === 'data-s' && this.#styles[value] !== undefined) element.dataset.s = value;
    else if (key === 'href' && element.localName === 'a' && LINKS.test(value.trim())) {
      element.setAttribute('href', value.trim());
    } else if (key === 'src' && element.localName === 'img') {
      // Any other image is kept for the message, without being asked for here.
      if (OWN_IMAGES.test(value)) element.setAttribute('src', value);
      else element.dataset.src = value;
    } else if (key === 'data-src' && element.localName === 'img') element.dataset.src = value;
  }

  #style(element, text) {
    const rule = this.#rule(text);
    if (rule !== undefined) element.dataset.s = String(rule);
  }

  #rule(text) {
    const known = this.#styles.indexOf(text);
    if (known >= 0) return known;
    const index = this.#styles.length;
    this.#sheet.insertRule(`.editor-body [data-s="${index}"]{}`, index);
    const { style } = this.#sheet.cssRules[index];
    style.cssText = text;
    // Nothing of a mail may be laid over the page, nor ask for anything outside.
    style.removeProperty('position');
    for (const property of [...style]) {
      if (/url\(|image-set\(/i.test(style.getPropertyValue(property)))
        style.removeProperty(property);
    }
    this.#styles.push(text);
    return index;
  }

  /** HTML of the editor as the message has it: styles and addresses back in their attributes. */
  restored(html) {
    const attribute = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return html
      .replace(/ data-s="(\d+)"/g, (_all, index) => {
        const style = this.#styles[Number(index)];
        return style === undefined ? '' : ` style="${attribute(style)}"`;
      })
      .replace(/(<img\b[^>]*?) data-src="/g, '$1 src="')
      .replace(/(<img\b[^>]*? src=")([^"]*)"/g, (all, start, address) => {
        const moved = this.#moved.get(address);
        return moved === undefined ? all : `${start}${moved}"`;
      });
  }
}

/** The address of a link whose text does not say it. */
function addressBeside(link) {
  const href = link.getAttribute('href') ?? '';
  const address = href.replace(/^mailto:/i, '');
  return address === '' || link.textContent.includes(address) ? '' : ` <${address}>`;
}

const BLOCK = /^(?:address|blockquote|center|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tr|ul)$/;

/** The text of the editor for a plain draft: blocks are lines, quotes have their `> `. */
export function plainText(root) {
  const lines = [''];
  const write = (text) => {
    lines[lines.length - 1] += text;
  };
  const breakLine = () => {
    if (lines[lines.length - 1] !== '') lines.push('');
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const isKept = node.parentElement.closest('pre');
      write(isKept ? node.data : node.data.replace(/[\s\u200b]+/g, ' '));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const name = node.localName;
    if (name === 'br') lines.push('');
    else if (name === 'img') write(node.alt ? `[${node.alt}]` : '');
    else if (!BLOCK.test(name)) {
      for (const child of node.childNodes) walk(child);
      if (name === 'td' || name === 'th') write(' ');
      if (name === 'a') write(addressBeside(node));
    } else block(node, name);
  };
  const block = (node, name) => {
    breakLine();
    if (name === 'blockquote') {
      const quoted = plainText(node).split('\n');
      lines.splice(lines.length - 1, 1, ...quoted.map((line) => `> ${line}`.trimEnd()), '');
      return;
    }
    if (name === 'li') {
      const { parentElement } = node;
      const index = [...parentElement.children].indexOf(node) + 1;
      write(parentElement.localName === 'ol' ? `${index}. ` : '- ');
    }
    for (const child of node.childNodes) walk(child);
    breakLine();
    if (/^(?:p|h[1-6]|ul|ol|pre)$/.test(name)) lines.push('');
  };
  for (const child of root.childNodes) walk(child);
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Plain text to the editor's blocks: one a line. */
export const htmlOfText = (text) =>
  text
    .split('\n')
    .map((line) => `<div>${escaped(line) || '<br>'}</div>`)
    .join('');
