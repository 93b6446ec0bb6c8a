// "Check the code", said at once: the check character is a weighted sum over the field of 32 elements (kit/codes.py), so
// one wrong or swapped character is seen here, before the server is asked. Nothing leaves the page.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const length = 17;

// A code that came from another system has no check character and its own length.
const imported = /^[0-9A-Z]{8,40}$/;

function bare(text) {
  return text.toUpperCase().replace(/[\s\p{Pd}\p{Cf}]/gu, "");
}

export function normalize(text) {
  return bare(text).replace(/[IL]/g, "1").replace(/O/g, "0");
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
    if (!code || isWellFormed(code)) return "";
    if (code.length === length) return said.dataset.mistyped;
    return whole && !imported.test(bare(input.value)) ? said.dataset.mistyped : "";
  };
  let insisted = "";
  input.addEventListener("input", () => say(judge(false)));
  form.addEventListener("submit", (event) => {
    const text = judge(true);
    // Sent a second time as it is, it may be another system's code of our length: the server knows.
    if (!text || (text === said.dataset.mistyped && insisted === input.value)) return;
    event.preventDefault();
    insisted = input.value;
    say(text);
    input.select();
  });
}
