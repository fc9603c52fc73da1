// Fetches pages as several visitors, each logged in with its own cookies: sessions.ts LOGIN_URL URL...
import { ParallelCurl, SessionPool } from 'parallelcurl'

const [loginUrl = 'https://example.com/login', ...urls] = process.argv.slice(2)
const sessions = new SessionPool({
  size: 2,
  // Runs before the first request of each session. The others wait for it.
  onNewSession: async (session, curl) => {
    const postFields = { user: 'me', password: process.env['PASSWORD'] ?? '' }
    const { responseCode } = await curl.request(loginUrl, { session, postFields })
    if (responseCode !== 200) throw new Error(`the login failed with status ${String(responseCode)}`)
  },
})
// A session that is refused too often retires, and a new one logs in.
const curl = new ParallelCurl(10, { session: sessions, retry: { limit: 2, newSession: true } })

for await (const { url, errno, error, responseCode, session } of curl.stream(urls)) {
  console.log(url, errno ? error : responseCode, session?.name)
}
await curl.close()
