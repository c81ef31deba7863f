/* Keys of the page of a pair, by their place on the keyboard: the same in every layout.
   Whatever has data-key is pressed; what is typed into a field is left alone.
   A key counts once a page, and not before somebody can have seen whom the page shows: a
   key that is struck twice must not decide on the next pair. */
"use strict";
const TO_SEE_MS = 500;
let countsFrom = performance.now() + TO_SEE_MS;
window.addEventListener("pageshow", () => {
  countsFrom = performance.now() + TO_SEE_MS;
});
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea");
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || field) return;
  const meant = document.querySelector(`[data-key="${CSS.escape(event.code)}"]`);
  if (meant === null) return;
  event.preventDefault();
  if (event.timeStamp < countsFrom) return;
  countsFrom = Infinity;
  meant.click();
});
