/**
 * The responses of the fault servers' origin, according to the plan of the step. Does not depend on proxies.
 */
import { gzipSync } from 'node:zlib'
import type { End, Plan } from './plan.js'
import type { FaultRecord, FaultWire } from './wire.js'

const CRLF = '\r\n'
/** Clients with `Expect: 100-continue` wait a second for this. */
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

export function expectsContinue(head: string): boolean {
  return /^expect: *100-continue/im.test(head)
}

/** Handles the head of a request. Returns what to do when the request is complete, or null for nothing. */
export function answerTo(connection: FaultWire, record: FaultRecord): (() => void) | null {
  const { server } = connection
  const { head } = record
  const plan = server.planOf(record)
  if (plan === undefined) {
    return () => connection.end('fin', 'HTTP/1.1 410 Gone\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  }
  const expects = expectsContinue(head)
  if (expects && plan.challenge === 'expect') {
    send(connection, record, 'HTTP/1.1 417 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    connection.end('fin')
    return null
  }
  if (expects && !(plan.end.kind === 'die' && plan.end.when === 'head')) connection.write(CONTINUE)
  const challenge = challengeOf(plan, head)
  if (challenge !== null) {
    return () =>
      send(connection, record, `HTTP/1.1 401 Who${CRLF}${challenge}Content-Length: 3${CRLF}${CRLF}`, 'who')
  }
  const { redirect } = plan
  if (redirect !== null && redirectsTaken(head) < redirect.times) {
    const location = `Location: ${locationOf(connection, record, plan)}${CRLF}`
    const first = `HTTP/1.1 ${redirect.status} Moved${CRLF}${location}${cookieLines(plan)}Content-Length: 5`
    return () => send(connection, record, `${first}${CRLF}${CRLF}`, 'moved')
  }
  return carryOut(plan.end, plan, connection, record)
}

/** Returns the number of redirects that led to a URL. Each redirect puts it into the query. */
function redirectsTaken(head: string): number {
  return Number(/^[^\r\n]*[?&]hop=(\d+)/.exec(head)?.[1] ?? 0)
}

function locationOf({ server }: FaultWire, { step, head }: FaultRecord, plan: Plan): string {
  const to = plan.redirect?.to
  // The redirect keeps the rest of the query.
  const query = /^\S+ \S*?\?(\S*)/.exec(head)?.[1]?.replace(/(^|&)hop=\d+/, '') ?? ''
  const path = `/s${step}/next?${query === '' ? '' : `${query}&`}hop=${redirectsTaken(head) + 1}`
  const port = server.ports.origin
  if (to === 'same') return path
  if (to === 'file') return 'file:///etc/hostname'
  if (to === 'ftp') return `ftp://127.0.0.1:1${path}`
  if (to === 'gopher') return `gopher://127.0.0.1:1${path}`
  if (to === 'refused') return `http://127.0.0.1:1${path}`
  const host = /^host: *127\.0\.0\.2/im.test(head) ? '127.0.0.1' : '127.0.0.2'
  return `http://${host}:${port}${path}`
}

function challengeOf({ challenge }: Plan, head: string): string | null {
  if (challenge === null || challenge === 'expect') return null
  if (/^authorization:/im.test(head)) return null
  const basic = 'WWW-Authenticate: Basic realm="r"\r\n'
  const digest = 'WWW-Authenticate: Digest realm="r", nonce="4567", qop="auth"\r\n'
  return challenge === 'basic' ? basic : challenge === 'digest' ? digest : basic + digest
}

function cookieLines({ cookies }: Plan): string {
  return cookies.map((cookie) => `Set-Cookie: ${cookie}${CRLF}`).join('')
}

/** Sends a complete response. The connection stays open. */
function send(connection: FaultWire, record: FaultRecord, head: string, body = ''): void {
  record.isAnswered = true
  connection.answers++
  connection.write(head + (isHead(record) ? '' : body))
  connection.server.onStage('sentHead')
  connection.server.onStage('sentBody')
}

function isHead({ head }: FaultRecord): boolean {
  return head.startsWith('HEAD ')
}

function carryOut(end: End, plan: Plan, connection: FaultWire, record: FaultRecord): (() => void) | null {
  const { server } = connection
  switch (end.kind) {
    case 'die':
      if (end.when === 'head') {
        connection.end(end.how)
        return null
      }
      return () => connection.end(end.how)
    case 'garbage':
      return () => connection.end('fin', 'nothing of the kind\r\n\r\n')
    case 'early':
      send(connection, record, `HTTP/1.1 ${end.status} Early\r\nContent-Length: 5\r\n\r\n`, 'early')
      return null
    case 'stall':
      return () => stall(end.at, plan, connection, record)
    case 'cutHead':
      return () =>
        connection.end(end.how, `HTTP/1.1 200 OK\r\nX-Cut: yes\r\nContent-Length: 4\r\n`.slice(0, end.bytes))
    case 'cutBody':
    case 'badChunk':
      return () => {
        const { head, body } = compose(
          { kind: 'answer', status: 200, framing: 'length', version: '1.1', after: 'keep', ...pick(end) },
          plan,
          record,
        )
        record.isAnswered = true
        const cut = end.kind === 'badChunk' ? '5\r\nhello\r\nzz\r\n' : body.slice(0, -7)
        connection.end(end.kind === 'badChunk' ? 'fin' : end.how, head + (isHead(record) ? '' : cut))
        server.onStage('sentHead')
        server.onStage('sentBody')
      }
    case 'answer':
      return () => {
        const { head, body } = compose(end, plan, record)
        const whole = head + body
        if (end.framing === 'close' || end.after === 'close' || end.version === '1.0') {
          record.isAnswered = true
          connection.end('fin', whole)
          server.onStage('sentHead')
          server.onStage('sentBody')
          return
        }
        send(connection, record, whole)
        if (end.after === 'keep') return
        connection.isOver = true
        if (end.after === 'rst') connection.resetSoon()
        else connection.end('fin')
      }
  }
}

function pick(end: End): { framing?: 'length' | 'chunked' } {
  if (end.kind === 'badChunk') return { framing: 'chunked' }
  return end.kind === 'cutBody' ? { framing: end.framing } : {}
}

function stall(
  at: (End & { kind: 'stall' })['at'],
  plan: Plan,
  connection: FaultWire,
  record: FaultRecord,
): void {
  if (at === 'accepted' || at === 'request') return
  const { server } = connection
  const end = { kind: 'answer', status: 200, framing: 'length', version: '1.1', after: 'keep' } as const
  const { head, body } = compose(end, plan, record)
  record.isAnswered = true
  connection.write(at === 'sentHead' ? head : head + body.slice(0, 4))
  server.onStage('sentHead')
  if (at === 'sentBody') server.onStage('sentBody')
}

/** Returns the body of the response to a step: a sentence that names the step, repeated up to the length. */
export function answerText(step: number, length?: number): string {
  const sentence = `this is the answer to step ${step}, and to nobody else`
  if (length === undefined) return sentence
  return `${sentence}; `.repeat(Math.ceil(length / (sentence.length + 2))).slice(0, length)
}

/** Returns a response whose body names its step. */
function compose(
  end: End & { kind: 'answer' },
  plan: Plan,
  record: FaultRecord,
): { head: string; body: string } {
  const request = record.head
  const whole = answerText(record.step, plan.length)
  const range = /^range: *bytes=(\d+)-(\d*)\r/im.exec(request)
  const from = Number(range?.[1])
  const to = plan.isResumable && range?.[2] === '' ? whole.length - 1 : Number(range?.[2] || NaN)
  const isPart = end.status === 200 && from <= to && to < whole.length
  const text = isPart ? whole.slice(from, to + 1) : whole
  const isZipped = plan.gzip && /^accept-encoding:.*gzip/im.test(request)
  const plain = isZipped ? gzipSync(text).toString('latin1') : text
  const status = isPart ? 206 : end.status
  const hasBody = status !== 204 && status !== 304
  const lines = [`HTTP/${end.version} ${status} Fine`, `X-Step: ${record.step}`]
  if (isPart) lines.push(`Content-Range: bytes ${from}-${to}/${whole.length}`)
  if (plan.isResumable) lines.push(`ETag: "step ${record.step}"`)
  if (isZipped) lines.push('Content-Encoding: gzip')
  if (status === 401) lines.push('WWW-Authenticate: Basic realm="r"')
  if (hasBody && end.framing === 'length') lines.push(`Content-Length: ${plain.length}`)
  const isChunked = hasBody && end.framing === 'chunked' && end.version === '1.1'
  if (isChunked) lines.push('Transfer-Encoding: chunked')
  if (end.after === 'close' || end.framing === 'close') lines.push('Connection: close')
  const head = `${lines.join(CRLF)}${CRLF}${cookieLines(plan)}${CRLF}`
  if (!hasBody || isHead(record)) return { head, body: '' }
  if (!isChunked) return { head, body: plain }
  const half = plain.length >> 1
  const chunk = (part: string): string => `${part.length.toString(16)}${CRLF}${part}${CRLF}`
  return { head, body: `${chunk(plain.slice(0, half))}${chunk(plain.slice(half))}0${CRLF}${CRLF}` }
}
