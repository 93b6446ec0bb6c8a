// The card wears the colours while they are typed. Set through the object model, which the policy allows; what the browser
// cannot read as a colour is left as it was. Saving is judged by the server.
const form = document.querySelector("form[data-colours]");
const card = document.querySelector(form.dataset.colours);
const room = card.closest("[data-room]");

function show(control) {
  const { colour, art } = control.dataset;
  const value = (control.value ?? "").trim(); // a fieldset has none
  if (colour && CSS.supports("color", value)) for (const element of [card, room]) element.style.setProperty(`--card-${colour}`, value);
  if (art && control.checked) card.querySelector(".art use").setAttribute("href", art);
}

form.addEventListener("input", (event) => show(event.target));
for (const control of form.elements) show(control);
