import { cache, config } from '@hotwired/turbo';
import { showScripted } from './shown.js';

// An own property of this one element, set by turbo-boot.js.
delete document.head.insertBefore;

/** Under this time nothing moves: most pages come faster. */
config.drive.progressBarDelay = 400;
/** A button that is turned off while its form is sent would lose the focus to nothing. */
config.forms.submitter = 'aria-disabled';

/** Choices of appearance stand on the root element, which Turbo leaves as it is between two pages. */
const APPEARANCE = ['theme', 'density', 'layout'];

document.addEventListener('turbo:before-render', ({ detail }) => {
  const next = detail.newBody?.closest('html');
  // The choice is on every page with the frame; a page without it says nothing of it.
  if (!next?.dataset.layout) return;
  const { dataset } = document.documentElement;
  for (const name of APPEARANCE) {
    if (next.dataset[name] === undefined) delete dataset[name];
    else dataset[name] = next.dataset[name];
  }
});

// Nothing of a closed session stays in the memory of a shared computer.
document.addEventListener('submit', ({ target }) => {
  if (new URL(target.action).pathname === '/logout') cache.clear();
});

const showAll = () => showScripted(document);
document.addEventListener('turbo:load', showAll);
document.addEventListener('turbo:render', showAll);
showAll();
