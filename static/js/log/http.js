// Requests whose answers are JSON. An answer that is not ours (a portal of a guest network says 200 to everything) counts as none.
const cookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;

export class Unreachable extends Error {}

// PUT `body`: an object as JSON, bytes as they are. Returns {status, data}; throws Unreachable when no answer of ours came.
export async function put(address, body, { seconds = 20, keepalive = false, method = "PUT", signal = null } = {}) {
  const bytes = body instanceof Blob;
  const headers = { "X-CSRFToken": cookie(), Accept: "application/json", "Content-Type": bytes ? body.type : "application/json" };
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers,
      body: bytes ? body : JSON.stringify(body),
      redirect: "manual",
      keepalive,
      signal: signal ?? AbortSignal.timeout(seconds * 1000),
    });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (answer.type === "opaqueredirect") return { status: 401, data: {} };
  const data = await answer.json().catch(() => null);
  if (data === null && answer.status < 400) throw new Unreachable("not an answer of this site");
  return { status: answer.status, data: data ?? {} };
}

// What a refusal says, or what may be said of its number.
export function wordsOf({ status, data }) {
  const errors = Object.values(data.errors ?? {});
  if (errors.length) return errors.join(" ");
  if (data.words) return data.words;
  if (status === 403) return "您的职责不能做这一步，或者这一页打开太久了，请刷新后再试。";
  if (status === 404) return "服务器上找不到这次送教。";
  if (status === 413) return "这份内容太大，服务器不收。";
  if (status === 507) return "服务器的磁盘满了，请告诉管理员；写的内容都还在。";
  return `服务器暂时收不了（${status}），过一会儿会再试。`;
}
