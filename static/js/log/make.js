// Elements in one line: make("p", {className: "hint"}, "words").
export function make(name, properties = {}, ...content) {
  const { data = {}, aria = {}, ...plain } = properties;
  const element = Object.assign(document.createElement(name), plain);
  Object.assign(element.dataset, data);
  for (const [key, value] of Object.entries(aria)) element.setAttribute(`aria-${key}`, value);
  element.append(...content.filter((each) => each !== null && each !== undefined));
  return element;
}

export const button = (words, work, className = "link") => {
  const element = make("button", { type: "button", className }, words);
  element.addEventListener("click", work);
  return element;
};
