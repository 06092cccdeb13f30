// The page around the widget: shows the line that embeds it, and opens it.
const script = document.querySelector("script[data-tenant]");
const tenant = script.dataset.tenant;
const address = new URLSearchParams(location.search);
const chat = (command) => (window.switchboard ||= []).push(command);

document.getElementById("line").textContent =
  `<script src="${script.src}" async${tenant ? ` data-tenant="${tenant}"` : ""}></` + "script>";
document.getElementById("open").addEventListener("click", () => chat((api) => api.open()));
document.getElementById("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  show((chosen = dark ? "light" : "dark"));
});

function show(theme) {
  document.documentElement.style.colorScheme = theme;
  chat(() => document.querySelector("switchboard-chat").setAttribute("theme", theme));
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const wished = () => chosen || (dark.matches ? "dark" : "light");
let chosen = address.get("theme");
show(wished());
dark.addEventListener("change", () => show(wished()));
chat((api) => {
  if (address.get("lang")) api.setLocale(address.get("lang"));
  api.open();
});
