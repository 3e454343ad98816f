// Times of day as people type them.

// 9, 930, 9.30 and 9-30 are 09:00 and 09:30.
export function tidy(text) {
  const match = text.trim().match(/^(\d{1,2})(?:[:.,\- ]?([0-5]\d))?$/);
  return match ? `${match[1].padStart(2, "0")}:${match[2] ?? "00"}` : text.trim();
}

// Hours of one day such as "9-13, 14:00–18:00", as [[from, to]]; null when they cannot be understood.
export function hoursOf(text) {
  const found = [];
  for (const part of text.split(/[,;]/).map((one) => one.trim()).filter(Boolean)) {
    const [opens, closes, ...rest] = part.split(/\s*[-–—]\s*/).map(tidy);
    if (rest.length || !isClock(opens) || !(isClock(closes) || closes === "24:00")) return null;
    found.push([opens, closes]);
  }
  return found;
}

function isClock(text) {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text ?? "");
}
