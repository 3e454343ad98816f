// The session lives in this closure and nowhere else: no cookie, no storage, no address ever holds it.

export class Session {
  #token = "";
  #portal;
  #member = "";
  #renewing = null;
  #lost;

  // `lost` is called when the portal no longer says who we are.
  constructor(portal, lost) {
    this.#portal = portal;
    this.#lost = lost;
  }

  adopt(token) {
    this.#token = token;
  }

  get isOpen() {
    return this.#token !== "";
  }

  // Put the session into headers of a request that somebody else will make.
  sign(headers) {
    headers.Authorization = `Bearer ${this.#token}`;
  }

  // Like fetch, with the session; one that is over is renewed, and the request made once more.
  fetch = async (address, options = {}) => {
    options.headers ??= {};
    const sent = this.#token;
    this.sign(options.headers);
    const answer = await fetch(address, options);
    if (answer.status !== 401) return answer;
    if (sent === this.#token) await this.renew();
    this.sign(options.headers);
    return fetch(address, options);
  };

  // Ask the portal who we are and open a new session; whoever asks meanwhile waits for the same one.
  renew() {
    this.#renewing ??= this.#open().finally(() => { this.#renewing = null; });
    return this.#renewing;
  }

  async #open() {
    try {
      if (!this.#portal) throw new Error("There is no portal around this page.");
      const answer = (await this.#try(await this.#portal.initData())) ?? (await this.#try(await this.#portal.refreshAuth()));
      if (!answer) throw new Error("The portal does not confirm who we are.");
      this.#token = answer.token;
    } catch (error) {
      this.#lost(error);
      throw error;
    }
  }

  // Returns null when the proof is refused, so that a fresher one may be tried; throws when the service is away.
  async #try(proof) {
    this.#member = proof?.MEMBER_ID ?? proof?.member_id ?? this.#member;
    if (!proof?.AUTH_ID || !this.#member) return null;
    const answer = await fetch("/ui/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        AUTH_ID: proof.AUTH_ID,
        DOMAIN: proof.DOMAIN ?? this.#portal.domain,
        member_id: this.#member,
        APP_SID: this.#portal.session,
        LANG: proof.LANG ?? "",
      }),
    });
    if (answer.ok) return answer.json();
    if (answer.status === 401) return null;
    throw new Error(`The service answered ${answer.status}.`);
  }
}
