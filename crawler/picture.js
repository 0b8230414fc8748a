// What a kept page shows as text, and where it stands. The page's own scripts never ran; names in its markup
// (<img name=createTreeWalker>) may stand in for properties of `document`, so none of these is asked for by name.
(() => {
  const of = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
  const call = (name, ...given) => Document.prototype[name].call(document, ...given);
  const parentOf = (node) => Object.getOwnPropertyDescriptor(Node.prototype, "parentElement").get.call(node);
  const root = of("documentElement");
  const style = call("createElement", "style");
  // no script runs, and yet the page was one where they do; a font that has every character of a name
  style.textContent = `noscript { display: none !important }
    @layer { html { font-family: "Noto Sans CJK SC", sans-serif } body { margin: 12px } }`;
  Node.prototype.appendChild.call(root, style);
  const blocks = new Map(), parents = new Map(), nodes = [];
  const blockOf = (element) => {  // the nearest that is no part of a line
    let e = element;
    while (parentOf(e) && /^(inline|contents|ruby)/.test(getComputedStyle(e).display)) e = parentOf(e);
    if (!blocks.has(e)) blocks.set(e, blocks.size);
    return blocks.get(e);
  };
  const shows = (element) => !/^(script|style|noscript|title|template)$/i.test(element.localName)
    && Element.prototype.checkVisibility.call(element, { opacityProperty: true, visibilityProperty: true });
  const known = (element) => {
    if (!parents.has(element)) parents.set(element, shows(element) ? blockOf(element) : -1);
    return parents.get(element);
  };
  const pieces = () => {
    const walker = call("createTreeWalker", root, NodeFilter.SHOW_TEXT), said = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const block = node.parentElement && node.data.trim() ? known(node.parentElement) : -1;
      if (block >= 0) said.push([node.data, block]) && nodes.push(node);
    }
    return said;
  };
  const boxes = (parts) => parts.flatMap(([piece, start, end]) => {
    const range = new Range();
    range.setStart(nodes[piece], start);
    range.setEnd(nodes[piece], end);
    return [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1)
      .map((box) => [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY]);
  });
  // boxes of the page that scroll by themselves turn to the first place; the page stays at its top
  const turnTo = (parts) => {
    for (let e = parentOf(nodes[parts[0][0]]); e && e !== root; e = parentOf(e)) {
      const [place] = boxes(parts.slice(0, 1)), box = Element.prototype.getBoundingClientRect.call(e);
      if (!place || !/auto|scroll|hidden/.test(getComputedStyle(e).overflow)) continue;
      if (place[1] < box.top || place[3] > box.bottom) e.scrollTop += place[1] - box.top - box.height / 2;
      if (place[0] < box.left || place[2] > box.right) e.scrollLeft += place[0] - box.left - box.width / 2;
    }
    scrollTo(0, 0);
  };
  // [number, left, top, right, bottom] of the elements that show, by the number that each was given
  const numbered = (name, most) => {
    const found = [];
    for (const element of Element.prototype.querySelectorAll.call(root, `[${name}]`)) {
      if (found.length >= most) break;
      if (!shows(element)) continue;
      for (const box of [...Element.prototype.getClientRects.call(element)].slice(0, 3)) {
        if (box.width < 2 || box.height < 2) continue;
        const sides = [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY];
        found.push([+Element.prototype.getAttribute.call(element, name), ...sides.map(Math.round)]);
      }
    }
    return found;
  };
  return { numbered, pieces, boxes: (places) => (places.length && turnTo(places[0]), places.map(boxes)) };
})()
