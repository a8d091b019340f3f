// Addresses that name a widget's state: PAGE.html#WIDGET?lr=0.1, surface='x²'
// What follows the question mark is the text of `widget.state` in Python, and both read the other.

const TOKEN = /'((?:\\.|[^'\\])*)'|"(?:\\.|[^"\\])*"|\b(True|False|None)\b|(\w+)\s*=|[()]/g;
const WORDS = { True: "true", False: "false", None: "null", "(": "[", ")": "]" };

/** The {name: value} of such a text; throws where it is none. */
function read(text) {
  const json = text.replace(TOKEN, (token, quoted, word, name) => {
    if (name) return `"${name}":`;
    if (quoted !== undefined) return JSON.stringify(quoted.replace(/\\(.)/g, "$1"));
    return WORDS[word ?? token] ?? token;
  });
  return JSON.parse(`{${json}}`);
}

/** The text of a widget's present state. */
function write(model) {
  const literal = (value) => {
    if (typeof value === "string") return `'${value.replace(/[\\']/g, "\\$&")}'`;
    return { true: "True", false: "False" }[value] ?? JSON.stringify(value);
  };
  const names = Object.keys(model.get("_page").start);
  return names.map((name) => `${name}=${literal(model.get(name))}`).join(", ");
}

/** The widget's place and the text of its state, as the address names them. */
function named() {
  const [id, ...rest] = location.hash.slice(1).split("?");
  return rest.length ? [document.getElementById(id), rest.join("?")] : [];
}

/** Show the state that the address names, when it names one of this widget. */
function follow(place, model, say) {
  const [wanted, text] = named();
  if (wanted !== place) return;
  try {
    const { start, limits } = model.get("_page");
    for (const [name, value] of Object.entries(read(decodeURIComponent(text)))) {
      if (typeof value !== typeof start[name]) throw new Error(name);
      const [low, high] = limits[name] ?? [];
      model.set(name, limits[name] ? Math.min(high, Math.max(low, value)) : value);
    }
    model.save_changes();
  } catch {
    say("the address names no state of this widget");
  }
}

document.addEventListener("alive", ({ target: place, detail: model }) => {
  const button = document.createElement("button");
  const words = "Link to this state";
  const say = (answer) => {
    button.textContent = `${words}: ${answer}`;
    setTimeout(() => (button.textContent = words), 4000);
  };
  Object.assign(button, { type: "button", className: "link-to-state", textContent: words });
  button.addEventListener("click", async () => {
    history.replaceState(null, "", `#${place.id}?${encodeURIComponent(write(model))}`);
    const copied = navigator.clipboard?.writeText(location.href).then(() => "copied");
    say(await (copied ?? Promise.reject()).catch(() => "in the address bar"));
  });
  place.after(button);
  addEventListener("hashchange", () => follow(place, model, say));
  follow(place, model, say);
});

const goThere = () => named()[0]?.scrollIntoView({ block: "center" });
addEventListener("hashchange", goThere);
goThere(); // where it comes to life
