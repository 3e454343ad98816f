// Employees as they are chosen in the portal's own window and shown as chips.

// Somebody may think for a long time before choosing.
const PATIENCE_MS = 600000;

export class Names {
  #names;

  constructor(names) {
    this.#names = new Map(Object.entries(names));
  }

  // The name of an employee; a department or a number when the name is not known.
  of(ref) {
    const id = ref.replace(/^user_/, "");
    return this.#names.get(id) || (/^\d+$/.test(id) ? `№${id}` : ref);
  }

  learn(id, name) {
    if (name) this.#names.set(String(id), name);
  }
}

// Let somebody choose employees in the portal; returns their numbers, none when nobody was chosen.
export async function chooseUsers(portal, names, many) {
  const answer = await portal?.ask("selectUser", { mult: many }, PATIENCE_MS).catch(() => null);
  const chosen = [];
  for (const one of listed(answer)) {
    const id = Number(String(one.id ?? "").replace(/\D/g, ""));
    if (id > 0) {
      names.learn(id, one.name);
      chosen.push(id);
    }
  }
  return many ? chosen : chosen.slice(0, 1);
}

// Let somebody choose an item; returns its key such as "deal:17", an empty text when none was chosen.
export async function chooseItem(portal, kind) {
  const types = { deal: ["deal"], lead: ["lead"], contact: ["contact"], company: ["company"] }[kind] ?? [kind];
  const answer = await portal?.ask("selectCRM", { entityType: types, multiple: false }, PATIENCE_MS).catch(() => null);
  for (const group of Object.values(answer ?? {})) {
    for (const one of listed(group)) {
      const key = keyOf(String(one.id ?? ""));
      if (key) return key;
    }
  }
  return "";
}

// The portal names items as tasks do: D_17, L_5, C_2, CO_3, and T80_1 for an item of the smart process 0x80.
function keyOf(id) {
  const [, letters, number] = /^(CO|[DLC]|T[0-9a-f]+)_(\d+)$/i.exec(id) ?? [];
  if (!number) return "";
  const kinds = { D: "deal", L: "lead", C: "contact", CO: "company" };
  const kind = kinds[letters.toUpperCase()] ?? `dynamic_${Number.parseInt(letters.slice(1), 16)}`;
  return `${kind}:${number}`;
}

// One thing, a list of them, or a map of them.
function listed(answer) {
  if (!answer || typeof answer !== "object") return [];
  if ("id" in answer) return [answer];
  return Object.values(answer).filter((one) => one && typeof one === "object");
}
