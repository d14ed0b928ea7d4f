// Ask the server for something, and tell in words what went wrong.
async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Error("the server does not answer");
  }
  const text = await answer.text();
  let value = {};
  try { value = JSON.parse(text); } catch { /* an error page: its status says enough */ }
  if (!answer.ok) throw new Error((value.error && value.error.message) || `status ${answer.status}`);
  return value;
}
