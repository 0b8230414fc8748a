// What a person sees of an element, shared by page.js and reveal.js, which hold it in their scope.
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour && !/^rgba\(.*, 0\)$|^transparent$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const says = (element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const unseen = (element, style) => {
    const seen = element.checkVisibility
      ? element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, opacityProperty: true, visibilityProperty: true })
      : style.display !== "none" && style.visibility === "visible";
    if (!seen) return true;
    if (!says(element)) return false;
    const box = element.getBoundingClientRect();
    const left = box.left + scrollX, top = box.top + scrollY;
    if (parseFloat(style.fontSize) < 2 || box.width < 1 || box.height < 1) return style.display !== "contents";
    if (left + box.width <= 0 || top + box.height <= 0 || left > 20000) return true;
    return style.color === ground(element) || /^rgba\(.*, 0\)$/.test(style.color);
  };
