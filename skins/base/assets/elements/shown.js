/** Whether an element is there and takes place on the page. */
export const isShown = (element) => (element?.getClientRects().length ?? 0) > 0;

/** Shows the buttons that are hidden until there are scripts. */
export function showScripted(root) {
  for (const control of root.querySelectorAll('.js-only[hidden]')) control.hidden = false;
}
