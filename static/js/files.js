// A file field in the page's own words: the browser's button speaks the browser's language.
// Without this script the plain field stays and works.
for (const input of document.querySelectorAll("input[type=file]")) {
  const label = document.createElement("label");
  const button = document.createElement("span");
  const name = document.createElement("span");
  label.className = "file";
  button.className = "btn ghost";
  button.textContent = input.multiple ? "选择文件（可多选）" : "选择文件";
  name.className = "file-name muted";
  name.textContent = "还没有选";
  input.after(label);
  label.append(input, button, name);
  input.addEventListener("change", () => {
    const names = Array.from(input.files, (file) => file.name);
    name.textContent = names.length ? names.join("、") : "还没有选";
  });
}
