// The session and the portal of this page, for modules that a page asks for by itself.
//
// `go(address)` shows another page of ours, `reload()` this one anew.

export const around = { session: null, portal: null, go: null, reload: null };
