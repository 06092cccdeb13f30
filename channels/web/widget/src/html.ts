// A message's HTML as nodes. The server has cleaned it; here it is read anew, and only what is
// known is made: no string ever becomes markup by the browser's own hand, so that pages whose
// policy demands trusted types may hold the widget.

const KNOWN = /^([hb]r|p|strong|em|del|code|pre|blockquote|a|[ou]l|li|h[1-6]|table|t(head|body|[rhd]))$/;
const EMPTY = /^[bh]r$/;
const PIECE = /<(\/?)(\w+)((?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|</g;
const ATTRIBUTE = /(href|start)="([^"]*)"/g;
const AWAY = /^(https?|mailto|tel):/i;
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

/** The server writes no other characters by name than these, and none by number. */
const decoded = (text: string): string => text.replace(/&(\w+);/g, (whole, name) => NAMED[name as string] ?? whole);

export function nodes(html: string): DocumentFragment {
  const root = document.createDocumentFragment();
  let inner: Node = root;
  for (const [piece, slash, name, attributes] of html.matchAll(PIECE)) {
    if (!name) (inner as ParentNode).append(decoded(piece));
    else if (slash) {
      let closed: Node | null = inner;
      while (closed && (closed as Element).localName !== name) closed = closed.parentNode;
      inner = closed?.parentNode ?? inner;
    } else if (KNOWN.test(name)) {
      const made = inner.appendChild(element(name, attributes ?? ""));
      if (!EMPTY.test(name)) inner = made;
    }
  }
  return root;
}

function element(name: string, attributes: string): HTMLElement {
  const made = document.createElement(name);
  for (const [, attribute = "", value = ""] of attributes.matchAll(ATTRIBUTE)) {
    const text = decoded(value);
    if (attribute !== "href") made.setAttribute(attribute, text);
    else if (name === "a" && AWAY.test(text)) Object.assign(made, { href: text, target: "_blank", rel: "noopener noreferrer nofollow" });
  }
  return made;
}
