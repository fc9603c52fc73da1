/** The options that say who a run appears to be: cookies, proxies, sessions. Does not open their files. */
import { milliseconds, rate, wholeNumber } from '../values.js'
import { runFlags, type Flag } from './flag.js'
import { ROTATIONS } from './run-draft.js'
import { on, oneOf, parsed, text } from './run-effects.js'

const GROUP = 'Cookies, proxies, sessions'
const WORK = { queueCommand: 'work' } as const
const OF_PROXIES = { ...WORK, goesWith: 'proxies' } as const
const OF_SESSIONS = { ...WORK, goesWith: 'sessions' } as const

const rotation = oneOf(ROTATIONS)

const cookies = runFlags(GROUP, true, [
  [
    '-c, --cookie-jar FILE',
    'write all cookies to this file at the end, - for stdout',
    text('cookieJar'),
    { ...WORK, complete: 'file' },
  ],
  [
    '-j, --junk-session-cookies',
    'leave out cookies of a session when -b reads a file',
    on('dropsSessionCookies'),
    WORK,
  ],
])

const proxiesAndSessions = runFlags(GROUP, false, [
  [
    '--proxies FILE',
    'use the proxies in this file, one URL or host:port:user:password a line, another for each attempt',
    text('proxies'),
    { ...WORK, complete: 'file', changesRequests: true },
  ],
  [
    '--proxy-rotation KIND',
    'round-robin, random, least-used, or sticky: one for each host; default: round-robin',
    ({ proxyOptions }, value, long) => (proxyOptions.strategy = rotation(value, long)),
    { ...OF_PROXIES, complete: ROTATIONS },
  ],
  [
    '--parallel-max-proxy COUNT',
    'transfers at once through one proxy',
    ({ proxyOptions }, value, long) => (proxyOptions.maxRequestsPerProxy = wholeNumber(value, long, 1)),
    OF_PROXIES,
  ],
  [
    '--rate-proxy RATE',
    'starts through one proxy: 2/s, 5/15s, 100/h',
    ({ proxyOptions }, value, long) => (proxyOptions.rateLimitPerProxy = rate(value, long)),
    OF_PROXIES,
  ],
  [
    '--proxy-retries COUNT',
    'other proxies to try if one fails; default: 3',
    ({ proxyOptions }, value, long) => (proxyOptions.retries = wholeNumber(value, long)),
    OF_PROXIES,
  ],
  [
    '--proxy-bad-status LIST',
    'statuses that count against a proxy, such as 403,429; default: 407',
    ({ proxyOptions }, value, long) =>
      (proxyOptions.statusCodes = value.split(',').map((status) => wholeNumber(status.trim(), long, 100))),
    OF_PROXIES,
  ],
  [
    '--sessions COUNT',
    'so many visitors in turn, each with its own cookies and its own proxy',
    parsed('sessions', (value, long) => wholeNumber(value, long, 1)),
    { ...WORK, changesRequests: true },
  ],
  [
    '--sessions-file FILE',
    'keep the sessions in this file, for the next run',
    text('sessionsFile'),
    { ...OF_SESSIONS, complete: 'file' },
  ],
  [
    '--session-max-uses COUNT',
    'requests after which a session is replaced',
    ({ sessionOptions }, value, long) => (sessionOptions.maxUses = wholeNumber(value, long, 1)),
    OF_SESSIONS,
  ],
  [
    '--session-max-age SECONDS',
    'time after which a session is replaced',
    ({ sessionOptions }, value, long) => (sessionOptions.maxAgeMs = milliseconds(value, long)),
    OF_SESSIONS,
  ],
])

/** In the order of `--help`. */
export const VISITOR_FLAGS: readonly Flag[] = [...cookies, ...proxiesAndSessions]
