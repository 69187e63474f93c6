// The access token stays in this page's memory: it is exchanged at once for the cookie that opens the board.
const form = document.querySelector('#sign-in');
const outcome = document.querySelector('#outcome');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn();
});

async function signIn() {
  outcome.textContent = '';
  try {
    const fields = Object.fromEntries(new FormData(form));
    const { accessToken } = await post('/api/auth/login', fields);
    await post('/api/admin/queue/board-session', {}, accessToken);
    location.reload();
  } catch (error) {
    outcome.textContent = error.message;
  }
}

async function post(path, body, accessToken) {
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}
