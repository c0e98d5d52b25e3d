// What scrolls sideways can be reached by the keyboard.
addEventListener("load", () => {
  for (const box of document.querySelectorAll("pre, .content table, div.output, .cmo-table, .math")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});
