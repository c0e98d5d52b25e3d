// What scrolls sideways can be reached by the keyboard, also when it is unfolded later.
const reach = () => {
  for (const box of document.querySelectorAll("pre, .content table, div.output, .cmo-table, .math")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
};
addEventListener("load", reach);
addEventListener("resize", reach);
addEventListener("toggle", reach, true);
// Where there is no server the search finds pages, and cannot read sentences out of them.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
