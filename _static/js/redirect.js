// On the page that stands at an old address: goes on to the new one and takes the section along.
// A section that went elsewhere has a link of its own in the page.
(() => {
  let name = "";
  try {
    name = decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not a name that the page could have.
  }
  const section = name ? document.getElementById(name)?.querySelector("a") : undefined;
  const link = section ?? document.querySelector("a");
  if (!link) return;
  const target = new URL(link.href);
  if (!section && !target.hash) target.hash = location.hash;
  target.search ||= location.search;
  location.replace(target.href);
})();
