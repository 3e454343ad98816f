// Going to another page of ours: of two that somebody asked for, the later one is shown, whichever comes first.

let last = null;

// Go there with an entry in the history, as a link does.
export function go(address) {
  htmx.ajax("GET", address, { target: "#page", select: "#page", swap: "outerHTML", push: "true" });
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "page") return;
  last?.request.abort();
  last = ctx;
});

// The former page may have come just before: what was asked for takes the place of whatever stands there now.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx === last && !ctx.target.isConnected) ctx.target = document.getElementById("page");
});
