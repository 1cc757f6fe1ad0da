// What a phone shows while it is locked, and the keys of headphones.
const session = navigator.mediaSession;

function showOutside() {
  const chapter = chapterAt(place())?.title;
  const title = chapter ? `${now.title}: ${chapter}` : now.title;
  if (session.metadata?.title === title) return;
  const artwork =
    said.cover && location.protocol !== "file:" // from a folder none is shown
      ? [{ src: new URL(said.cover, location).href, sizes: "1000x1000", type: "image/jpeg" }]
      : [];
  const chapterInfo = now.chapters.map((each) => ({
    title: each.title,
    startTime: each.start,
    artwork,
  }));
  session.metadata = new MediaMetadata({
    title,
    artist: said.author,
    album: said.title,
    artwork,
    chapterInfo,
  });
}

function showPosition() {
  if (!now || audio.readyState === 0) return;
  session.setPositionState?.({
    duration: now.seconds,
    position: Math.min(place(), now.seconds),
    playbackRate: audio.playbackRate,
  });
}

function answer(action, act) {
  try {
    session.setActionHandler(action, act);
  } catch {
    // this browser has no such key
  }
}

if (session && "MediaMetadata" in window) {
  answer("play", play);
  answer("pause", pause);
  answer("seekbackward", (wish) => seek(place() - (wish.seekOffset ?? BACK)));
  answer("seekforward", (wish) => seek(place() + (wish.seekOffset ?? AHEAD)));
  answer("seekto", (wish) => seek(wish.seekTime));
  answer("previoustrack", () => toChapter(-1));
  answer("nexttrack", () => toChapter(1));
  document.addEventListener("moved", showOutside);
  for (const event of ["loadedmetadata", "seeked", "ratechange", "play", "pause"]) {
    audio.addEventListener(event, showPosition);
  }
}
