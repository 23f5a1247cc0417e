/**
 * A refresh brings the server's page into this one. What the agent has opened, ticked or typed here
 * is unknown to the server and is kept.
 */
const KEPT = new Set(['open', 'checked', 'hidden', 'data-placed']);
/** Names of folders opened by hand, between two pages of this tab. */
const branches = new Map();

const isKept = (element, name) => {
  if (!KEPT.has(name)) return false;
  if (name === 'hidden') return element.classList.contains('js-only');
  return true;
};

document.addEventListener('turbo:before-morph-attribute', (event) => {
  if (isKept(event.target, event.detail.attributeName)) event.preventDefault();
});

document.addEventListener('turbo:before-morph-element', (event) => {
  const { target, detail } = event;
  // A notice is shown once by the server: a refresh must not take its ten seconds away. The next
  // notice, which is in its place by now, takes it away whole.
  const isOnlyNotice =
    target.localName === 'est-toast' && target.parentElement.children.length === 1;
  if (!detail.newElement && isOnlyNotice) event.preventDefault();
  if (
    target === document.activeElement &&
    target.matches('textarea, input:not([type="checkbox"])')
  ) {
    event.preventDefault();
  }
});

document.addEventListener(
  'toggle',
  ({ target }) => {
    if (target.matches?.('.branch')) branches.set(target.dataset.branch, target.open);
  },
  true,
);

document.addEventListener('turbo:before-render', ({ detail }) => {
  if (detail.renderMethod === 'morph') return;
  for (const branch of detail.newBody.querySelectorAll('.branch')) {
    const isOpen = branches.get(branch.dataset.branch);
    // The way to the current folder is never shut.
    if (isOpen !== undefined) branch.open = isOpen || branch.open;
  }
});
