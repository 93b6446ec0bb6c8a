// "Check the code", said at once: the check character is a weighted sum over the field of 32 elements (kit/codes.py), so
// one wrong or swapped character is seen here, before the server is asked. Nothing leaves the page.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const length = 17;

export function normalize(text) {
  return text.toUpperCase().replace(/[\s\p{Pd}\p{Cf}]/gu, "").replace(/[IL]/g, "1").replace(/O/g, "0");
}

export function isWellFormed(code) {
  if (code.length !== length) return false;
  let sum = 0;
  for (const character of code) {
    const value = alphabet.indexOf(character);
    if (value < 0) return false;
    const doubled = sum << 1;
    sum = (doubled & 32 ? doubled ^ 37 : doubled) ^ value;
  }
  return sum === 0;
}

const form = globalThis.document?.querySelector("form[data-code]");
if (form) {
  const input = form.elements.code;
  const line = document.getElementById("id_code_error");
  const said = line.querySelector("[data-said]");

  const say = (text) => {
    said.textContent = text;
    line.hidden = !text;
    if (text) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  };
  const judge = (whole) => {
    if (input.value.includes("://")) return said.dataset.link;
    const code = normalize(input.value);
    return code && (whole || code.length >= length) && !isWellFormed(code) ? said.dataset.mistyped : "";
  };
  input.addEventListener("input", () => say(judge(false)));
  form.addEventListener("submit", (event) => {
    const text = judge(true);
    if (!text) return;
    event.preventDefault();
    say(text);
    input.select();
  });
}
