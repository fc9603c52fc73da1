/**
 * The floor: the loop that this library runs, with nothing but calls to node-libcurl. The difference to it is
 * this library's own cost. Has no limits, callbacks or error handling.
 */
import { Curl, Easy, Multi } from 'node-libcurl'
import type { Client, Job, Load } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

const O = Curl.option as unknown as Readonly<Record<string, number>>
const RESPONSE_CODE = Curl.info.RESPONSE_CODE as unknown as number
type Raw = {
  setOpt(id: number, value: unknown): number
  getInfo(id: number): { data: number }
}

interface Slot {
  easy: InstanceType<typeof Easy>
  chunk: Buffer | Buffer[] | null
  headers: Buffer[]
  startedAt: number
}

export function create(job: Job): Client {
  const { scenario } = job
  const hasHeaders = job.client.endsWith('+headers')
  const multi = new Multi()
  const slots = new Map<unknown, Slot>()
  const idle: Slot[] = []
  let load: Load
  let finished: () => void
  let live = 0
  let noted: Slot[] = []

  const make = (): Slot => {
    const slot: Slot = { easy: new Easy(), chunk: null, headers: [], startedAt: 0 }
    configure(slot)
    slots.set(slot.easy, slot)
    return slot
  }
  const configure = (slot: Slot): void => {
    const raw = slot.easy as unknown as Raw
    if ('perform' in Multi.prototype) raw.setOpt(O['CAINFO_BLOB'] as number, null)
    raw.setOpt(O['NOSIGNAL'] as number, 1)
    raw.setOpt(O['BUFFERSIZE'] as number, scenario.inFlight > 256 ? 16384 : 131072)
    if (scenario.origin === 'tls') raw.setOpt(O['CAINFO'] as number, job.caFile)
    if (scenario.isGzip) raw.setOpt(O['ACCEPT_ENCODING'] as number, '')
    if (scenario.isPost) {
      raw.setOpt(O['POST'] as number, 1)
      raw.setOpt(O['POSTFIELDSIZE_LARGE'] as number, POST_BODY.length)
      raw.setOpt(O['POSTFIELDS'] as number, POST_BODY)
    }
    raw.setOpt(O['WRITEFUNCTION'] as number, (chunk: Buffer) => {
      if (slot.chunk === null) slot.chunk = chunk
      else if (Array.isArray(slot.chunk)) slot.chunk.push(chunk)
      else slot.chunk = [slot.chunk, chunk]
      return chunk.length
    })
    if (hasHeaders) {
      raw.setOpt(O['HEADERFUNCTION'] as number, (line: Buffer) => {
        slot.headers.push(line)
        return line.length
      })
    }
  }

  const start = (slot: Slot, url: string, startedAt: number): void => {
    const raw = slot.easy as unknown as Raw
    slot.startedAt = startedAt
    if (scenario.hasOwnOptions) {
      slot.easy.reset()
      configure(slot)
      raw.setOpt(O['USERAGENT'] as number, `agent/${load.serial}`)
      raw.setOpt(O['HTTPHEADER'] as number, [`X-Serial: ${load.serial}`])
      raw.setOpt(O['TIMEOUT_MS'] as number, 30_000)
    }
    raw.setOpt(O['URL'] as number, url)
    multi.addHandle(slot.easy)
    live++
  }

  const fill = (): void => {
    while (live < scenario.inFlight && !load.isOver)
      start(idle.pop() ?? make(), load.url(), performance.now())
    if (live === 0) finished()
  }

  const drain = (): void => {
    const batch = noted
    noted = []
    for (const slot of batch) {
      multi.removeHandle(slot.easy)
      live--
      const status = (slot.easy as unknown as Raw).getInfo(RESPONSE_CODE).data
      const { chunk, startedAt } = slot
      slot.chunk = null
      idle.push(slot)
      if (scenario.isFlaky && status === 503) {
        start(idle.pop() as Slot, load.url(), startedAt)
        continue
      }
      const body =
        chunk === null ? '' : (Array.isArray(chunk) ? Buffer.concat(chunk) : chunk).toString('latin1')
      if (hasHeaders) {
        const names = slot.headers.map((line) => line.toString('latin1').split(':', 1)[0]?.toLowerCase())
        if (!names.includes('content-length')) throw new Error('no headers')
        slot.headers = []
      }
      load.done(startedAt, status, body.length)
    }
    fill()
  }

  multi.onMessage((_error, easy) => {
    const slot = slots.get(easy)
    if (slot !== undefined && noted.push(slot) === 1) setImmediate(drain)
  })

  return {
    run(given) {
      load = given
      return new Promise((resolve) => {
        finished = resolve
        fill()
      })
    },
  }
}
