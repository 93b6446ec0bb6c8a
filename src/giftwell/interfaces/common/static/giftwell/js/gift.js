// The gift opens by sending its form: without script the server answers with the opened page. This fetches the same page
// and lets the parcel open over it, then gives the focus to the words once they are there.
const gift = document.querySelector(".gift");
const form = gift.querySelector("form[data-reveal]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.setAttribute("aria-busy", "true");
  let opened;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    opened = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".gift.opened");
  } catch { /* the plain way below shows the browser's own words about the network */ }
  if (!opened) { form.submit(); return; }
  const parcel = gift.querySelector(".parcel");
  const before = parcel.getBoundingClientRect().top + scrollY;
  parcel.querySelector(".gift-card").replaceWith(opened.querySelector(".parcel > .gift-card"));
  gift.querySelector(".gift-words").replaceWith(opened.querySelector(".gift-words"));
  // The words need more room than the greeting did: the parcel goes there, it does not jump.
  const way = before - parcel.getBoundingClientRect().top - scrollY;
  if (way && !calm.matches) parcel.animate([{ translate: `0 ${way}px` }, { translate: "0 0" }], { duration: 700, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" });
  document.title = gift.dataset.titled || document.title;
  scrollTo({ top: 0, behavior: calm.matches ? "auto" : "smooth" });
  requestAnimationFrame(() => requestAnimationFrame(() => gift.classList.add("opened")));
  focusWhenShown(gift.querySelector(".gift-words h1"), 25);
});

// What is still hidden takes no focus, and a slow device takes its time to show it.
function focusWhenShown(words, tries) {
  words.focus({ preventScroll: true });
  if (document.activeElement !== words && tries) setTimeout(focusWhenShown, 150, words, tries - 1);
}
