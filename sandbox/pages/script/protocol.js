/** The words in which a page of an application and the portal around it speak by postMessage. */

/**
 * Read `command[:json]:callbackKey:appSid`, or the object form for commands that have a colon of their own.
 * Returns null for what is no request: other scripts may post anything.
 */
export function requestOf(data) {
  if (data !== null && typeof data === "object" && typeof data.method === "string") {
    const { method, params, callback, appSid } = data;
    return { command: method, params: params || {}, key: String(callback ?? ""), sid: String(appSid ?? "") };
  }
  if (typeof data !== "string") return null;
  const parts = data.split(":");
  if (parts.length < 3) return null;
  const params = paramsOf(parts.slice(1, -2).join(":"));
  return { command: parts[0], params, key: parts.at(-2), sid: parts.at(-1) };
}

function paramsOf(text) {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return text; // a raw value, as commands with one option send it
  }
}

/** Write the answer `callbackKey:json`; without a value only the key is called back. */
export function answerOf(key, value) {
  return `${key}:${value === undefined ? "" : JSON.stringify(value)}`;
}
