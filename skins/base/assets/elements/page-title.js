const SEPARATOR = ' – ';
const COUNT = /^\(\d+\)\s/;

/** Title of what is shown, keeping the site's name at its end and the counter at its start. */
export function setTitle(text) {
  const site = document.title.split(SEPARATOR).at(-1);
  const count = COUNT.exec(document.title)?.[0] ?? '';
  document.title = `${count}${text}${SEPARATOR}${site}`;
}

/** Unread messages, before the title: seen from another tab. */
export function setCount(unread) {
  const bare = document.title.replace(COUNT, '');
  document.title = unread > 0 ? `(${unread}) ${bare}` : bare;
}
