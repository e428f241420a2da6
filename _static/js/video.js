// Loads the picture of a video when the reader comes near: nothing that nobody sees is sent.
(() => {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || !(target instanceof HTMLVideoElement)) continue;
        target.poster = target.dataset.poster ?? "";
        near.unobserve(target);
      }
    },
    { rootMargin: "200px" },
  );
  for (const video of document.querySelectorAll("video[data-poster]")) near.observe(video);
})();
