// Copies a text area: <button data-copy="ID" hidden>, with a [role=status] beside it. Without this script the text stays selectable.
async function copied(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    area.focus();
    area.select();
    return document.execCommand("copy"); // plain http has no clipboard of its own
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const area = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copied(area);
    area.select();
    status.textContent = done ? "已复制，去微信群里粘贴。" : "没有复制成功：文字已选中，请按住选中的文字，选“复制”。";
  });
}
