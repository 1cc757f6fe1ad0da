// What stays on this device, to be heard without a connection: of a private page, nothing unasked.
const FREELY = 64e6; // bytes of a public page that are kept on the first visit
const canKeep = served && "serviceWorker" in navigator && "caches" in window;

// As the worker looks for it: under another version it is another sound. So it is also asked for,
// because the worker would answer for the plain address, with what it has.
const kept = (track) => `${track.url}?v=${track.version}`;

async function keep(track) {
  const cache = await caches.open(`${prefix}sounds`);
  if (await cache.match(kept(track))) return;
  await cache.add(new Request(kept(track), { cache: "no-store" }));
}

async function howMany() {
  if (!(await caches.has(`${prefix}sounds`))) return 0;
  const cache = await caches.open(`${prefix}sounds`);
  const found = await Promise.all(tracks.map((track) => cache.match(kept(track))));
  return found.filter(Boolean).length;
}

async function showKept(message) {
  const all = (await howMany()) === tracks.length;
  const names = await caches.keys();
  byId("keep").hidden = false;
  byId("keeping").hidden = all;
  byId("keeping").disabled = false;
  byId("remove").hidden = !names.some((name) => name.startsWith(prefix));
  write(byId("kept"), message ?? (all ? words.kept : ""));
}

async function keepAll() {
  memory.set("unkept", false);
  byId("keeping").disabled = true;
  try {
    await navigator.storage?.persist?.();
    await navigator.serviceWorker.register("sw.js");
    await navigator.serviceWorker.ready;
    for (const [done, track] of tracks.entries()) {
      write(byId("kept"), filled(words.keeping, { done: done + 1, number: tracks.length }));
      await keep(track);
    }
    memory.keep();
    await showKept();
  } catch {
    await showKept(words.not_kept);
  }
}

async function removeAll() {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => caches.delete(name)));
  const worker = await navigator.serviceWorker.getRegistration();
  await worker?.unregister();
  memory.forget();
  if (!isPrivate) memory.set("unkept", true); // or it would keep itself again
  await showKept(words.removed);
  byId("keeping").focus();
}

// Unasked, only of a public page, and only where that takes nothing from who listens now.
function freely() {
  const { saveData = false, effectiveType = "4g" } = navigator.connection ?? {};
  return !isPrivate && !memory.get("unkept") && !saveData && effectiveType === "4g";
}

// A public page is there again without a connection: itself, its first hour, and what was played.
async function keepFreely() {
  if (!freely()) return;
  try {
    const worker = await navigator.serviceWorker.register("sw.js");
    await worker.update(); // now, or a track that was changed is heard as it was for a while
    let bytes = 0;
    for (const track of tracks) {
      bytes += track.bytes;
      if (bytes <= FREELY) await keep(track);
    }
  } catch {
    // no room, or no connection: it can be asked for again
  }
  await showKept();
}

// No room, no connection, or a browser that keeps nothing: then it is only heard.
const quietly = (attempt) => attempt.catch(() => {});

if (canKeep) {
  const manifest = document.createElement("link");
  manifest.rel = "manifest"; // from a folder, browsers refuse it
  manifest.href = "manifest.webmanifest";
  document.head.append(manifest);
  byId("keeping").addEventListener("click", keepAll);
  byId("remove").addEventListener("click", removeAll);
  audio.addEventListener("playing", () => {
    if (freely()) quietly(keep(now).then(() => showKept()));
  });
  addEventListener("load", () => quietly(showKept().then(keepFreely)));
}
