// The tracks as the document has them, and the one sound that plays them.
const said = document.body.dataset;
const words = JSON.parse(said.words);
const byId = (id) => document.getElementById(id);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const audio = byId("audio");

const tracks = Array.from(document.querySelectorAll(".track"), (element) => ({
  element,
  link: element.querySelector(".play"),
  inside: element.querySelector(".inside"),
  title: element.querySelector(".name").textContent,
  url: element.querySelector(".play").href,
  seconds: Number(element.dataset.ms) / 1000,
  file: element.querySelector(".play").getAttribute("href"),
  version: element.dataset.version,
  bytes: Number(element.dataset.bytes),
  session: element.dataset.session,
  chapters: Array.from(element.querySelectorAll(".chapters a"), (link) => ({
    link,
    title: link.firstChild.textContent,
    start: Number(link.hash.slice("#t=".length)),
  })),
}));

let now = null; // the track that is open
let waiting = null; // where it is to begin, in seconds, until its sound is there
let remembered = 0; // where one was when it was written down last
let sounded = 0; // where in it one was before the sound ended
let wished = false; // whether it is to play, though it may have to wait
let coming = null; // the sound that is being fetched whole

// Others listen to these: "opened" once another track is, "moved" when the place in it is another,
// "turned" when it begins or stops to play, or to wait.
const tell = (what) => document.dispatchEvent(new Event(what));

// At an end, a browser says it is at the end of the track, though the sound broke off long before.
const brokeOff = () => audio.ended && sounded < now.seconds - 5;
const place = () => waiting ?? (brokeOff() ? sounded : audio.currentTime);
const playing = () => (coming ? wished : !audio.paused && !audio.ended);
const waits = () => playing() && (coming !== null || audio.readyState < audio.HAVE_FUTURE_DATA);
const placeOf = (track) => {
  const known = memory.get(`at ${track.file}`)?.at;
  return known > 0 && known < track.seconds - 1 ? known : 0;
};
const heard = (track) => Boolean(memory.get(`at ${track.file}`)?.heard);

function remember() {
  if (!now || place() === remembered) return; // who heard nothing leaves nothing behind
  const ended = place() >= now.seconds - 1;
  memory.set(`at ${now.file}`, { at: ended ? 0 : place(), heard: ended || heard(now) });
  memory.set("last", now.file);
  remembered = place();
}

function open(track, at = placeOf(track)) {
  if (track === now) return seek(at);
  if (now) {
    audio.pause();
    remember();
    URL.revokeObjectURL(audio.src);
  }
  now = track;
  waiting = remembered = at;
  coming = null;
  complain("");
  audio.src = track.url;
  audio.defaultPlaybackRate = audio.playbackRate; // a new sound begins at the default
  tell("opened");
  tell("moved");
}

function seek(seconds) {
  waiting = Math.min(Math.max(seconds, 0), now.seconds);
  if (audio.readyState > 0 && !coming) settle();
  tell("moved");
}

function settle() {
  const last = audio.seekable.length ? audio.seekable.end(0) : 0;
  if (waiting > 0 && last === 0) return fetchWhole();
  if (waiting !== null) audio.currentTime = waiting;
  waiting = null;
}

// Where a host gives no parts of a file, a browser cannot go to a place in it, and some do not even
// play it: it is fetched whole.
async function fetchWhole() {
  if (coming) return;
  const sound = (coming = { of: now });
  waiting = place();
  audio.pause();
  tell("turned");
  try {
    const answer = await fetch(now.url, { cache: "reload" }); // what is there may be a part
    if (!answer.ok) throw new Error("it is not there");
    const whole = await answer.blob();
    if (coming !== sound) return;
    coming = null;
    audio.src = URL.createObjectURL(whole);
    if (wished) play();
  } catch {
    if (coming === sound) fail();
  }
  tell("turned");
}

function complain(problem) {
  byId("problem").textContent = problem;
}

function fail() {
  waiting = place();
  coming = null;
  pause();
  complain(words.unheard);
}

function play() {
  complain("");
  wished = true;
  if (served && brokeOff()) fetchWhole(); // or it would break off at the same place
  if (!coming) {
    if (audio.error || brokeOff()) {
      waiting = place();
      audio.src = now.url; // now there may be a connection
    }
    audio.play().catch(() => {}); // of what is wrong, the sound's own event tells
  }
  tell("turned");
}

function pause() {
  wished = false;
  audio.pause();
  tell("turned");
}

function toggle() {
  if (playing()) pause();
  else play();
}

// The chapter of a moment is the last that has begun; before the first there is none.
function chapterAt(seconds) {
  return now.chapters.findLast((each) => each.start <= seconds + 0.02);
}

function toChapter(step) {
  const here = now.chapters.indexOf(chapterAt(place()));
  // "Previous" begins the chapter anew, unless it has only just begun.
  const again = step < 0 && here >= 0 && place() - now.chapters[here].start > 3;
  const next = now.chapters[again ? here : here + step];
  if (next) seek(next.start);
  else if (step < 0) seek(0);
}

audio.addEventListener("loadedmetadata", settle);
audio.addEventListener("seeking", () => {
  sounded = audio.currentTime;
});
audio.addEventListener("timeupdate", () => {
  if (!audio.ended) sounded = audio.currentTime;
  tell("moved");
  if (Math.abs(place() - remembered) > 2) remember();
});
audio.addEventListener("pause", () => {
  if (audio.paused && !audio.error && !coming) wished = false;
  remember();
});
audio.addEventListener("error", () => {
  if (served && !audio.src.startsWith("blob:")) fetchWhole();
  else fail();
});
audio.addEventListener("ended", () => {
  if (brokeOff()) return complain(words.broken);
  remember();
  const next = tracks[tracks.indexOf(now) + 1];
  const ends = sleeping("track") || sleeping("chapter");
  if (ends) noTimer();
  if (ends || !now.session || next?.session !== now.session) return tell("moved");
  open(next, 0);
  play();
});
for (const event of ["play", "pause", "ended", "waiting", "playing", "seeked", "emptied"]) {
  audio.addEventListener(event, () => tell("turned"));
}
addEventListener("pagehide", remember);
// Who comes back finds the page as it was, and its sound is fetched anew.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  waiting = place();
  pause();
  audio.load();
});

// Of two tabs with this page, only the one that was asked last is heard.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(prefix) : null;
tabs?.addEventListener("message", pause);
audio.addEventListener("play", () => tabs?.postMessage("plays"));
