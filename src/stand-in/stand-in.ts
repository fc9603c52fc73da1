/**
 * Stands in for the network: libcurl runs as always, and connects to sockets of this process in place of servers and
 * proxies. No name is looked up, and nothing leaves the process. Does not know what is answered.
 */
import { ABORTED_BY_CALLBACK } from '../curl-codes.js'
import { INFO, OPTION, setNamed } from '../engine/node-libcurl/binding.js'
import type { EngineTransfer } from '../engine/request/engine-transfer.js'
import type { Canceller, Wire, WiredHandle } from '../engine/request/wire.js'
import { methodOf, urlOf } from '../engine/request/wire-request.js'
import { HTTP_3 } from '../options/values/http-version.js'
import type { Clock } from '../scheduling/time/clock.js'
import { withoutCredentials } from '../url/comparable-url.js'
import type { Answer, Failure } from './answer.js'
import { Berth, type Guest } from './berth.js'
import { CertificateAuthority, type Certificate } from './certificates.js'
import type { ReadRequest } from './request-reader.js'

/** A request that has arrived at a stand-in. */
export interface ArrivedRequest extends ReadRequest {
  /** The URL that libcurl is fetching, without credentials and fragment: after a redirect, its target. */
  readonly url: string
}

/** The part that knows the answers. It gets URLs without credentials and fragment. */
export interface Responder {
  /** Returns the failure of an attempt that must not reach the wire; null if it may. */
  refuse(method: string, url: string): Failure | null
  answer(request: ArrivedRequest): Promise<Answer | Failure> | Answer | Failure
}

const EFFECTIVE_URL = INFO['EFFECTIVE_URL'] as number
/** `CURL_HTTP_VERSION_*`: 1.1, 2 over TLS, and the first of those that need no handshake to agree on a version. */
const HTTP_1_1 = 2
const HTTP_2_OVER_TLS = 4
const WITHOUT_AGREEMENT = 5
/** Beyond this length a path is no name of a Unix socket: `sun_path` in unix(7), and 104 on macOS. */
const LONGEST_PATH = 100
/** Options that would look for another peer, or refuse the one that is there. */
const TAKEN_BACK = ['CAINFO_BLOB', 'PINNEDPUBLICKEY', 'CRLFILE', 'ISSUERCERT', 'PRE_PROXY', 'ALTSVC']

/** Answers every attempt of the engines that it is given to. */
export class StandIn implements Wire {
  private readonly authority = new CertificateAuthority('parallelcurl stand-in')
  private readonly certificates = new Map<string, Certificate>()
  private readonly free: Berth[] = []
  private readonly taken = new Map<WiredHandle, Berth>()
  private folder: string | null = null
  private count = 0

  /** @param clock delays answers */
  constructor(
    private readonly responder: Responder,
    private readonly clock: Clock,
  ) {}

  begin(handle: WiredHandle, canceller: Canceller): number {
    const transfer = handle.transfer as EngineTransfer
    const fail = (reason: unknown, errno: number): number => {
      canceller.cancel(transfer, reason, errno)
      return errno
    }
    if (handle.keepsConnection)
      return fail(new Error('connect() and webSocket() have no stand-in'), ABORTED_BY_CALLBACK)
    const order = handle.order as NonNullable<typeof handle.order>
    const url = urlOf(order, transfer.url)
    const refusal = this.responder.refuse(methodOf(order), withoutCredentials(url))
    if (refusal !== null) return fail(refusal.reason, refusal.errno)
    const berth = this.free.pop() ?? this.open()
    this.taken.set(handle, berth)
    berth.guest = this.guestOf(handle, url, fail)
    // What is set here must not stay on the handle.
    handle.configuredFor = null
    const { easy } = handle
    for (const name of TAKEN_BACK) if (OPTION[name] !== undefined) setNamed(easy, name, null)
    const version = order.options.number(OPTION['HTTP_VERSION'] as number)
    if (version >= WITHOUT_AGREEMENT)
      setNamed(easy, 'HTTP_VERSION', version >= HTTP_3 ? HTTP_2_OVER_TLS : HTTP_1_1)
    return setNamed(easy, 'UNIX_SOCKET_PATH', berth.path) || setNamed(easy, 'CAINFO', this.trusted())
  }

  end(handle: WiredHandle): void {
    const berth = this.taken.get(handle)
    if (berth === undefined) return
    this.taken.delete(handle)
    berth.guest = null
    // After a failure, bytes of it may still come: the next attempt must not get them.
    if (handle.transfer?.errno === 0) this.free.push(berth)
    else berth.close()
  }

  /** Ends all sockets. Attempts that are on the wire fail with errno 42, so that none is tried on the network. */
  close(reason = 'the stand-in was closed'): void {
    for (const { guest } of this.taken.values()) guest?.fail(new Error(reason), ABORTED_BY_CALLBACK)
    for (const berth of [...this.free.splice(0), ...this.taken.values()]) berth.close()
    this.taken.clear()
    this.removeFolder()
  }

  private guestOf(handle: WiredHandle, url: string, fail: Guest['fail']): Guest {
    const urlNow = (): string => String(handle.readInfo(EFFECTIVE_URL) ?? '') || url
    return {
      answer: (request) => this.responder.answer({ ...request, url: withoutCredentials(urlNow()) }),
      fail,
      certificate: () => this.certificateFor(hostOf(urlNow())),
      refusal: () =>
        /^https?:/i.test(urlNow()) ? null : new Error('a stand-in answers http:// and https:// only'),
    }
  }

  private certificateFor(host: string): Certificate {
    let certificate = this.certificates.get(host)
    if (certificate === undefined) {
      certificate = this.authority.issue(host, [host])
      this.certificates.set(host, certificate)
    }
    return certificate
  }

  private open(): Berth {
    return new Berth(`${this.ownFolder()}/${String(++this.count)}`, this.clock)
  }

  /** Returns the path of the certificate that transfers trust. */
  private trusted(): string {
    return `${this.ownFolder()}/ca.pem`
  }

  private ownFolder(): string {
    if (this.folder !== null) return this.folder
    const fs = process.getBuiltinModule('node:fs')
    const temporary = process.getBuiltinModule('node:os').tmpdir()
    const base = temporary.length > LONGEST_PATH / 2 ? '/tmp' : temporary
    const folder = (this.folder = fs.mkdtempSync(`${base}/parallelcurl-${String(process.pid)}-`))
    fs.writeFileSync(this.trusted(), this.authority.pem)
    process.on('exit', this.removeFolder)
    return folder
  }

  private readonly removeFolder = (): void => {
    if (this.folder !== null)
      process.getBuiltinModule('node:fs').rmSync(this.folder, { recursive: true, force: true })
    this.folder = null
    process.off('exit', this.removeFolder)
  }
}

/** Returns the host of a URL as certificates name it: an IPv6 address without brackets. */
function hostOf(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return host.replace(/^\[|\]$/g, '') || 'localhost'
}
