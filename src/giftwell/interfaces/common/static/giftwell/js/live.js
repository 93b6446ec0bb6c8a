// A part of a page that changes by itself: [data-live] names an address that answers with the part's newest markup, and
// [data-every] how many milliseconds to wait. It stops when the answer no longer asks to be looked at again; while the
// network fails it says so, waits longer, and goes on. Without script the page says to load it again.
const part = document.querySelector("[data-live]");
let wait = Number(part?.dataset.every ?? 0);

// What changed is said in the region that has been there from the start: a replaced one would keep silent.
function say(text) {
  const said = Object.assign(document.createElement("p"), { className: "visually-hidden", textContent: text });
  document.querySelector(".toasts").append(said);
}

async function look() {
  const held = document.querySelector("[data-live]");
  if (!held) return;
  const failed = held.querySelector("[data-unreachable]");
  try {
    const answer = await fetch(held.dataset.live, { headers: { "X-Requested-With": "live" }, cache: "no-store", credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-state]");
    if (failed) failed.hidden = true;
    wait = Number(held.dataset.every);
    if (next && next.dataset.state !== held.dataset.state) {
      held.replaceWith(next);
      if (next.dataset.titled) say(document.title = next.dataset.titled);
    }
  } catch {
    if (failed) failed.hidden = false;
    wait = Math.min(wait * 1.6, 20000);
  }
  if (document.querySelector("[data-live]")) setTimeout(look, wait);
}
if (part) setTimeout(look, wait);
