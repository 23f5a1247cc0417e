/**
 * Where the agent was in a list, for as long as the tab lives. Positions only: nothing of a message
 * is kept, and nothing outlives the page (shared computers).
 */
const positions = new Map();
let isReturning = false;
let nextUid;

document.addEventListener('turbo:visit', (event) => {
  if (event.detail.action === 'restore') isReturning = true;
});
document.addEventListener('turbo:submit-start', () => {
  isReturning = true;
});
document.addEventListener('turbo:load', () => {
  isReturning = false;
});

export const savePosition = (list, top) => positions.set(list, top);

/** Scroll position to go back to, only when the agent comes back rather than starts. */
export const positionOf = (list) => (isReturning ? positions.get(list) : undefined);

/** The row that takes the focus once the current ones are gone. */
export const setNext = (uid) => {
  nextUid = uid;
};
export const takeNext = () => {
  const uid = nextUid;
  nextUid = undefined;
  return uid;
};
