// What this device remembers of the page: where each track was left, and the speed. No words.
// Of a private page only this tab does, until its listener asks for more than that.
const folder = new URL(".", location).pathname;
const prefix = `listen:${folder}:`;
const isPrivate = document.body.dataset.private === "yes";
const served = location.protocol.startsWith("http");

const memory = {
  // From a folder, the tracks are on this device anyway. Another tab may have changed what is so.
  store() {
    const asked = !isPrivate || !served || localStorage.getItem(`${prefix}asked`);
    return asked ? localStorage : sessionStorage;
  },
  get(name) {
    try {
      return JSON.parse(memory.store().getItem(prefix + name));
    } catch {
      return null; // a browser may keep nothing, and anyone may have written there
    }
  },
  set(name, value) {
    try {
      memory.store().setItem(prefix + name, JSON.stringify(value));
    } catch {
      // then it is not remembered
    }
  },
  keep() {
    try {
      const known = Object.entries(sessionStorage).filter(([key]) => key.startsWith(prefix));
      for (const [key, value] of known) localStorage.setItem(key, value);
      localStorage.setItem(`${prefix}asked`, "true");
    } catch {
      // then it is not remembered
    }
  },
  forget() {
    try {
      for (const store of [localStorage, sessionStorage]) {
        const names = Object.keys(store).filter((key) => key.startsWith(prefix));
        names.forEach((key) => store.removeItem(key));
      }
    } catch {
      // nothing was kept
    }
  },
};
