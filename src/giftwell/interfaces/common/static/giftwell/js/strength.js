// How strong a new password is, while it is typed. A guide and no judge: the server knows the lists of common ones.
const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/];
const pools = [26, 26, 10, 33];

function bits(password) {
  const pool = kinds.reduce((sum, kind, at) => sum + (kind.test(password) ? pools[at] : 0), 0);
  // A sign that only follows the one before it, or repeats it, adds next to nothing.
  let counted = 0;
  for (let at = 0; at < password.length; at += 1) {
    const step = at ? password.charCodeAt(at) - password.charCodeAt(at - 1) : 9;
    counted += Math.abs(step) < 2 ? 0.25 : 1;
  }
  return Math.min(counted, new Set(password).size * 2) * Math.log2(pool || 1);
}

for (const box of document.querySelectorAll("[data-strength]")) {
  const field = document.getElementById(box.dataset.strength);
  const meter = box.querySelector("meter");
  const words = box.querySelector("output");
  field?.addEventListener("input", () => {
    const password = field.value;
    const left = Number(field.dataset.least) - [...password].length;
    const lacks = Number(field.dataset.kinds) > kinds.filter((kind) => kind.test(password)).length;
    const score = bits(password);
    box.hidden = !password;
    meter.value = left > 0 || lacks ? Math.min(score, 30) : score;
    words.textContent = left > 0 ? box.dataset.short.replace("{n}", left)
      : lacks ? box.dataset.lacks : score < 45 ? box.dataset.weak : score < 70 ? box.dataset.fair : box.dataset.strong;
  });
}
