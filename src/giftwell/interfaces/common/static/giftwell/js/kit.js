// Small manners of every page: dialogs and toasts by attribute, "/" for search, "?" for the keys, the colour scheme (kept in
// a cookie, so that the server draws the next page in it and nothing flashes), waiting buttons, an announced outcome.
const root = document.documentElement;
const dialog = document.getElementById("keys");
const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

function keep(scheme) {
  if (scheme === "system") delete root.dataset.theme; else root.dataset.theme = scheme;
  const age = scheme === "system" ? 0 : 31536000;
  document.cookie = `scheme=${scheme}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

document.addEventListener("click", ({ target }) => {
  const on = target.closest("[data-opens], [data-closes], [data-toast], [data-scheme], [data-print], [data-copies]");
  if (!on) return;
  const { opens, toast, scheme, copies } = on.dataset;
  if (opens) document.getElementById(opens).showModal();
  if ("closes" in on.dataset) { const held = on.closest("dialog"); if (held) held.close(); else on.closest(".toast").remove(); }
  if (toast) document.querySelector(".toasts").replaceChildren(document.getElementById(toast).content.cloneNode(true));
  if (scheme) keep(scheme);
  if ("print" in on.dataset) print();
  if (copies) navigator.clipboard?.writeText(copies).then(() => { on.querySelector("[data-copied]")?.removeAttribute("hidden"); });
});

// A form that was sent says so, and is not sent twice by an impatient finger.
addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.matches(".button") || event.target.method === "dialog") return;
  setTimeout(() => button.setAttribute("aria-busy", "true"));
});
addEventListener("pageshow", () => document.querySelectorAll("[aria-busy]").forEach((on) => on.removeAttribute("aria-busy")));

const single = dialog?.querySelector("[data-keys]");
let keys = true;
try { keys = localStorage.getItem("keys") !== "off"; } catch { /* a private window: the keys work */ }
if (single) {
  single.checked = keys;
  single.addEventListener("change", () => {
    keys = single.checked;
    try { if (keys) localStorage.removeItem("keys"); else localStorage.setItem("keys", "off"); } catch { /* for this page only */ }
  });
}
addEventListener("keydown", (event) => {
  if (!keys || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(typing) || document.querySelector("dialog[open]")) return;
  const search = document.querySelector("input[type=search]");
  if (event.key === "/" && search) { search.focus(); event.preventDefault(); }
  if (event.key === "?" && dialog) dialog.showModal();
});

// A live region speaks only of what changes in it after it is there: what the server wrote is taken out and put back.
const toasts = document.querySelector(".toasts");
if (toasts?.children.length) { const told = [...toasts.children]; toasts.replaceChildren(); setTimeout(() => toasts.append(...told), 60); }
document.querySelector("main [aria-invalid=true]")?.focus();
