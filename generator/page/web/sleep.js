// The sleep timer: it ends softly, and the place it leads back to is where it began to fade.
const FADE = 20; // seconds
let timer = null; // { wish, fade, from } and until a moment, or a place in the track

function sleeping(wish) {
  return timer?.wish === wish;
}

// Seconds until it is to be quiet, as they pass for the listener.
function remaining() {
  if (timer.place !== undefined) return (timer.place - place()) / audio.playbackRate;
  return (timer.until - Date.now()) / 1000;
}

function setTimer(wish) {
  audio.volume = 1;
  timer = null;
  if (wish === "track") timer = { wish };
  else if (wish === "chapter") {
    const next = now.chapters.find((each) => each.start > place() + 0.02);
    timer = { wish, place: next?.start ?? now.seconds, fade: 5 };
  } else if (wish) {
    const seconds = Number(wish);
    timer = { wish, until: Date.now() + seconds * 1000, fade: Math.min(FADE, seconds / 2) };
  }
  showTimer();
}

function showTimer() {
  const shows = timer?.fade && byId("sleep").value;
  write(byId("timer"), shows ? clock(Math.max(0, remaining())) : "");
}

function fade() {
  if (!timer?.fade) return;
  showTimer();
  const left = remaining();
  if (timer.place !== undefined && left < -2) {
    noTimer(); // who goes on past the chapter wants to hear more
  } else if (left > timer.fade) {
    audio.volume = 1;
  } else if (left > 0) {
    timer.from ??= place();
    audio.volume = Math.min(1, (left / timer.fade) ** 2); // evenly, to the ear
  } else {
    fallAsleep();
  }
}

function fallAsleep() {
  const back = timer.place ?? timer.from ?? place();
  pause();
  noTimer(); // first: to seek is to look at it again
  seek(back);
  remember();
}

function noTimer() {
  byId("sleep").value = "";
  setTimer("");
}

byId("sleep").addEventListener("change", (event) => setTimer(event.target.value));
document.addEventListener("moved", fade);
document.addEventListener("opened", () => {
  if (timer?.place !== undefined) noTimer();
});
setInterval(fade, 500);
