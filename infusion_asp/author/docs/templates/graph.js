(function () {
  function all(root, what) { return Array.prototype.slice.call(root.querySelectorAll(what)); }
  all(document, "svg[data-graph]").forEach(function (svg) {
    var edges = all(svg, ".edge"), nodes = all(svg, ".node");
    function pick(key) {
      var near = {};
      near[key] = true;
      edges.forEach(function (edge) {
        var a = edge.getAttribute("data-a"), b = edge.getAttribute("data-b"), own = a === key || b === key;
        edge.classList.toggle("near", own);
        if (own) { near[a] = near[b] = true; }
      });
      nodes.forEach(function (node) { node.classList.toggle("near", near[node.getAttribute("data-n")] === true); });
      svg.classList.add("picked");
    }
    function leave() { svg.classList.remove("picked"); }
    nodes.forEach(function (node) {
      node.addEventListener("pointerenter", function () { pick(node.getAttribute("data-n")); });
      node.addEventListener("pointerleave", leave);
      node.parentNode.addEventListener("focus", function () { pick(node.getAttribute("data-n")); });
      node.parentNode.addEventListener("blur", leave);
    });
  });
})();
