// The list of tracks and the words of the one that is open: they follow the voice, and lead it.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const LEAST_QUIET = 20; // seconds of a pause that is shown among the words
const [PLAY, PAUSE] = Array.from(byId("toggle").querySelectorAll("path"), (each) =>
  each.getAttribute("d"),
);
let pieces = []; // of the open track: what is said, and the longer pauses, in time order
let current = null; // the piece that is heard now, if any
let reached = null; // the one that was heard last

function lasting(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole >= 180 || whole % 60 === 0) return `${Math.round(whole / 60)} min`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showRow(track) {
  const at = track === now ? place() : placeOf(track);
  const ended = heard(track) && (at < 1 || at >= track.seconds - 1);
  const length = track.element.querySelector(".length");
  length.dataset.whole ??= length.textContent;
  const left = filled(words.left, { time: lasting(track.seconds - at) });
  const whole = ended ? `${words.heard}, ${length.dataset.whole}` : length.dataset.whole;
  write(length, at >= 1 && !ended ? left : whole);
  const sounds = track === now && playing();
  track.element.classList.toggle("heard", ended);
  track.element.classList.toggle("sounding", sounds);
  track.link.querySelector("path").setAttribute("d", sounds ? PAUSE : PLAY);
  write(track.link.querySelector(".aside"), `${sounds ? words.pause : words.play}: `);
}

// What is said, and the longer pauses between, which the document leaves out.
function readPieces(track) {
  const text = track.inside.querySelector(".words");
  const times = (text?.dataset.times ?? "").split(" ").map((hundredths) => Number(hundredths) / 100);
  const found = [];
  let at = 0;
  phrasesIn(text).forEach((element, number) => {
    const start = at + times[2 * number];
    const end = start + times[2 * number + 1];
    found.push(...quiet(at, start, element.parentElement), { element, start, end, phrase: true });
    element.setAttribute("role", "button");
    element.tabIndex = number ? -1 : 0;
    at = end;
  });
  if (text) found.push(...quiet(at, track.seconds, null, text));
  return found;
}

// Each text of a paragraph is a phrase, and becomes one that can be chosen.
function phrasesIn(text) {
  for (const paragraph of text?.querySelectorAll("p") ?? []) {
    const texts = Array.from(paragraph.childNodes).filter((each) => each instanceof Text);
    const phrases = texts.flatMap(({ data }) => {
      const phrase = document.createElement("span");
      phrase.textContent = data.trim();
      return [phrase, " "];
    });
    paragraph.replaceChildren(...phrases);
  }
  return text?.querySelectorAll("span") ?? [];
}

function quiet(start, end, before, text = before.parentElement) {
  if (end - start < LEAST_QUIET) return [];
  const element = document.createElement("p");
  element.className = "quiet";
  element.lang = words.language;
  element.textContent = filled(words.quiet, { time: lasting(end - start) });
  const heading = before?.previousElementSibling;
  text.insertBefore(element, /^H/.test(heading?.tagName) ? heading : before);
  return [{ element, start, end, phrase: false }];
}

// How many pieces have begun by then.
function begunBy(seconds) {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].start <= seconds + 0.02) low = middle + 1;
    else high = middle;
  }
  return low;
}

const lastPiece = (seconds) => pieces[begunBy(seconds) - 1];

function pieceAt(seconds) {
  const last = lastPiece(seconds);
  return last && seconds < last.end ? last : null;
}

function inSight(element, share = 1) {
  const box = element.getBoundingClientRect();
  const bottom = byId("dock").getBoundingClientRect().top;
  return box.bottom > 0 && box.top < bottom * share && box.bottom < bottom + box.height;
}

function scrollTo(element) {
  const room = byId("dock").getBoundingClientRect().top;
  const block = element.getBoundingClientRect().height > room / 2 ? "start" : "center";
  element.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
}

// The page goes along with whoever reads along, and stays where it is for whoever looks elsewhere.
function follow(before, after) {
  const reads = before && inSight(before.element) && !inSight(after.element, 0.75);
  if (reads) scrollTo(after.element);
}

function showPiece() {
  const here = pieceAt(place());
  if (here && !here.phrase) {
    const through = (place() - here.start) / (here.end - here.start);
    here.element.style.setProperty("--through", through.toFixed(3));
  }
  if (here === current) return;
  current?.element.classList.remove("now");
  current?.element.removeAttribute("aria-current");
  if (here) {
    reached?.element.classList.remove("lately");
    here.element.classList.add("now", "lately"); // so that one finds the place in a pause too
    here.element.setAttribute("aria-current", "true");
    if (playing()) follow(reached, here);
    reached = here;
    if (here.phrase && !now.inside.contains(document.activeElement)) onlyTabStop(here.element);
  }
  current = here;
}

// The sound tells where it is four times a second: for words that begin or end between, too late.
let border = 0;
function awaitBorder() {
  clearTimeout(border);
  if (!playing()) return;
  const at = place();
  const begun = begunBy(at);
  const next = [pieces[begun - 1]?.end, pieces[begun]?.start].find((each) => each > at);
  if (next) border = setTimeout(tell, (1000 * (next - at)) / audio.playbackRate, "moved");
}

function onlyTabStop(element) {
  for (const each of now.inside.querySelectorAll('.words [tabindex="0"]')) each.tabIndex = -1;
  element.tabIndex = 0;
}

function showChapter() {
  const here = chapterAt(place());
  for (const each of now.chapters) {
    if (each === here) each.link.setAttribute("aria-current", "true");
    else each.link.removeAttribute("aria-current");
  }
}

function playFrom(element) {
  const marks = [...pieces, ...now.chapters];
  const mark = marks.find((each) => (each.element ?? each.link).contains(element));
  if (!mark) return false;
  seek(mark.start);
  play();
  return true;
}

function moveAlong(event) {
  const phrases = pieces.filter((each) => each.phrase);
  const at = phrases.findIndex((each) => each.element === event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (at < 0 || !(step || event.key === "Enter" || event.key === " ")) return;
  event.preventDefault();
  if (!step) return playFrom(event.target);
  const next = phrases[at + step]?.element;
  if (!next) return;
  onlyTabStop(next);
  next.focus();
}

// A link that is to open in another tab is left to the browser.
const elsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

function showWords(open) {
  for (const each of document.querySelectorAll("details")) each.open = open;
}

showWords(memory.get("words") !== false);
for (const summary of document.querySelectorAll("summary")) {
  summary.addEventListener("click", (event) => {
    event.preventDefault(); // all of them at once
    showWords(!summary.parentElement.open);
    memory.set("words", summary.parentElement.open);
  });
}

for (const track of tracks) {
  track.link.setAttribute("role", "button");
  track.link.addEventListener("click", (event) => {
    if (elsewhere(event)) return;
    event.preventDefault();
    if (track === now) return toggle();
    open(track);
    play();
  });
  track.link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return; // a link knows Enter only
    event.preventDefault();
    track.link.click();
  });
  track.inside.addEventListener("keydown", moveAlong);
  track.inside.addEventListener("click", (event) => {
    // Who marks words wants to copy them.
    if (elsewhere(event) || getSelection().toString()) return;
    if (playFrom(event.target)) event.preventDefault();
  });
}

// At first there is the list; what was begun is open, and so is what is alone.
let begun = tracks.length === 1 || memory.get("last") !== null;

function showInside() {
  for (const track of tracks) {
    track.inside.hidden = track !== now || !begun;
    track.element.classList.toggle("open", track === now);
  }
}

audio.addEventListener("play", () => {
  begun = true;
  showInside();
});
document.addEventListener("opened", () => {
  showInside();
  pieces = now.pieces ??= readPieces(now);
  reached?.element.classList.remove("now", "lately");
  reached?.element.removeAttribute("aria-current");
  current = reached = null;
  tracks.forEach(showRow);
});
document.addEventListener("moved", () => {
  showPiece();
  showChapter();
  awaitBorder();
});
audio.addEventListener("timeupdate", () => showRow(now));
document.addEventListener("turned", () => showRow(now));
