// The portal around our frame. It named the frame "domain|protocol|application session", which outlives reloads, and
// takes commands as "command:json:key:session"; its answer is "key:json". Payloads carry tokens and are never logged.

const ANSWER_MS = 10000;

export class Portal {
  #origin;
  #session;
  #waiting = new Map();
  #asked = 0;

  // The portal that framed us, or null when nobody did. `origin` is what our server knows of it, where it said so.
  static around(origin) {
    const [domain, protocol, session] = window.name.split("|");
    if (window.parent === window || !domain || !session) return null;
    const named = `${protocol === "1" ? "https" : "http"}://${domain.replace(/:(80|443)$/, "")}`;
    return new Portal(origin || named, session, domain);
  }

  constructor(origin, session, domain) {
    this.#origin = origin;
    this.#session = session;
    this.domain = domain;
    window.addEventListener("message", (event) => this.#hear(event));
  }

  // The origin that our server has proven replaces the one in the frame's name, which anybody may have written.
  trust(origin) {
    this.#origin = origin;
  }

  get session() {
    return this.#session;
  }

  // Say something that needs no answer.
  tell(command, params = {}) {
    this.#send(command, params, this.#key());
  }

  // Ask and wait; rejects when the portal keeps silent.
  ask(command, params = {}, within = ANSWER_MS) {
    const key = this.#key();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(key);
        reject(new Error(`The portal does not answer ${command}.`));
      }, within);
      this.#waiting.set(key, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#send(command, params, key);
    });
  }

  initData() {
    return this.ask("getInitData");
  }

  refreshAuth() {
    return this.ask("refreshAuth");
  }

  setTitle(title) {
    this.tell("setTitle", { title });
  }

  resize(height) {
    this.tell("resizeWindow", { width: "100%", height });
  }

  finishInstallation() {
    this.tell("setInstallFinish");
  }

  // A page of ours in a slider of the portal.
  openApplication(params) {
    this.tell("openApplication", params);
  }

  // A page of the portal in a slider; where the device has none, a new window.
  async openPath(path) {
    const answer = await this.ask("openPath", { path }, 300000).catch(() => null);
    if (answer?.result === "error") window.open(this.#origin + path, "_blank", "noopener,noreferrer");
  }

  #key() {
    this.#asked += 1;
    return `dz${this.#asked}`;
  }

  #send(command, params, key) {
    const json = Object.keys(params).length ? JSON.stringify(params) : null;
    const message = [command, json, key, this.#session].filter(Boolean).join(":");
    window.parent.postMessage(message, this.#origin);
  }

  #hear(event) {
    if (event.origin !== this.#origin || event.source !== window.parent || typeof event.data !== "string") return;
    const colon = event.data.indexOf(":");
    const key = colon < 0 ? event.data : event.data.slice(0, colon);
    const hear = this.#waiting.get(key);
    if (!hear) return;
    this.#waiting.delete(key);
    let answer = null;
    try {
      answer = colon < 0 ? null : JSON.parse(event.data.slice(colon + 1));
    } catch { /* an answer without sense is an answer without data */ }
    hear(answer);
  }
}
