// Elements and icons.
import { t, type Word } from "../words";

type Attributes = Record<string, string | ((event: never) => void)>;
type Name<Spec extends string> = Spec extends `${infer Tag}.${string}` ? Tag : Spec;
type Made<Spec extends string> = Name<Spec> extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name<Spec>] : never;

/** An element, as `tag.class`; `onclick` and the like are listeners. */
export function el<Spec extends string>(spec: Spec, attributes: Attributes = {}, ...children: (Node | string)[]): Made<Spec> {
  const [tag, kind] = spec.split(".");
  const made = document.createElement(tag as string);
  if (kind) made.className = kind;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") made.setAttribute(name, value);
    else made.addEventListener(name.slice(2), value as (event: Event) => void);
  }
  made.append(...children);
  return made as Made<Spec>;
}

/** `kind` is its class. */
export const button = (kind: string, press: () => void, ...children: (Node | string)[]): HTMLButtonElement =>
  el(`button.${kind}`, { type: "button", onclick: press }, ...children);

/** A button of one picture, and what it is called. */
export function tool(kind: string, word: Word, press: () => void, picture: keyof typeof SHAPES): HTMLButtonElement {
  const made = button(kind, press, icon(picture));
  made.ariaLabel = made.title = t(word);
  return made;
}

const SHAPES = {
  chat: "M21 11.5a8.4 8.4 0 0 1-12 7.5L3.5 20.5 5 15.5a8.4 8.4 0 1 1 16-4Z",
  down: "m6 9 6 6 6-6",
  next: "m9 6 6 6-6 6",
  more: "M12 5v.01M12 12v.01M12 19v.01",
  clip: "m20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 5l-8 8",
  send: "M12 19V5M5 12l7-7 7 7",
  person: "M4 14v-2a8 8 0 0 1 16 0v6q0 3-6 3M4 12h3v6H4Zm16 0h-3v6h3Z",
  thumb: "M7 10v11H3V10h4l5-8a3 3 0 0 1 3 4l-1 4h7l-2.5 11H7",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: keyof typeof SHAPES): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  svg.append(path);
  return svg;
}
