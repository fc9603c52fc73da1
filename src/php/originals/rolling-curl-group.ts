/**
 * RollingCurlGroup: requests that belong together, and the RollingCurl that runs groups. Does not send
 * requests.
 */
import { OptionError } from '../../errors.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { CurlInfo } from '../handles/getinfo.js'
import { toFunction } from '../values/casts.js'
import { RollingCurl, type RollingCurlCallback } from './rolling-curl.js'
import { RollingCurlRequest } from './rolling-curl-request.js'

/** Thrown for what is no request of a group, or no group. */
export class RollingCurlGroupException extends Error {
  override readonly name: string = 'RollingCurlGroupException'
}

/** A request of a {@link RollingCurlGroup}. Extend it; a `process()` of your own calls `super.process()`. */
export abstract class RollingCurlGroupRequest extends RollingCurlRequest {
  private group: RollingCurlGroup | null = null

  constructor(...args: ConstructorParameters<typeof RollingCurlRequest>) {
    super(...args)
    if (new.target === RollingCurlGroupRequest)
      throw new OptionError('Cannot instantiate abstract class RollingCurlGroupRequest: extend it')
  }

  /** Says which group it belongs to; {@link RollingCurlGroup.add} does it. */
  setGroup(group: RollingCurlGroup): void {
    if (!((group as unknown) instanceof RollingCurlGroup))
      throw new RollingCurlGroupException('setGroup: group needs to be of instance RollingCurlGroup')
    this.group = group
  }

  /** Called with its result. Tells its group. */
  process(output: string | boolean | null, info: CurlInfo): unknown {
    return this.group?.process(output, info, this)
  }
}

/** Requests that belong together: {@link finished} is called when all of them are done. */
export class RollingCurlGroup {
  /** The requests that were added. */
  protected num_requests = 0
  /** The requests that are done. */
  protected finished_requests = 0
  private requests: RollingCurlGroupRequest[] = []

  constructor(protected name: string) {}

  /**
   * Adds a request, or a list of them. Returns true. Throws `RollingCurlGroupException` for anything else,
   * and adds nothing then.
   */
  add(request: RollingCurlGroupRequest | readonly RollingCurlGroupRequest[]): boolean {
    const all: unknown[] = Array.isArray(request) ? request.flat(Infinity) : [request]
    const requests = all.filter((each) => each instanceof RollingCurlGroupRequest)
    if (requests.length < all.length)
      throw new RollingCurlGroupException('add: Request needs to be of instance RollingCurlGroupRequest')
    for (const each of requests) {
      each.setGroup(this)
      this.num_requests++
      this.requests.push(each)
    }
    return true
  }

  /** Moves the requests to a queue. Returns true. */
  addToRC(rc: RollingCurl): boolean {
    let added = true
    for (let next = this.requests.shift(); next !== undefined; next = this.requests.shift())
      added = rc.add(next) && added
    return added
  }

  /** Called with each result of its requests. One of your own calls `super.process()`. */
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- for those that override it
  process(_output: string | boolean | null, _info: CurlInfo, _request: RollingCurlRequest): unknown {
    this.finished_requests++
    return this.finished_requests >= this.num_requests ? this.finished() : undefined
  }

  /** Called when all requests are done. Does nothing: for classes that extend this one. */
  finished(): unknown {
    return undefined
  }
}

/**
 * A {@link RollingCurl} that takes groups. A result goes to the request, which tells its group, and then to
 * the callback. What they return is awaited.
 */
export class GroupRollingCurl extends RollingCurl {
  /** @param callback - called with each result: a function or `[object, 'method']` */
  constructor(callback: RollingCurlCallback | readonly [object, string] | null = null) {
    super()
    const cast = { where: 'GroupRollingCurl', name: '$callback' }
    const common = callback === null ? null : (toFunction(cast, callback) as RollingCurlCallback)
    this.callback = async (
      output: string | boolean | null,
      info: CurlInfo,
      request: RollingCurlRequest,
      ch: Transfer,
    ): Promise<void> => {
      if (request instanceof RollingCurlGroupRequest) await request.process(output, info)
      await common?.(output, info, request, ch)
    }
  }

  /** Adds a group, or a request. Returns true. */
  override add(request: RollingCurlGroup | RollingCurlRequest): boolean {
    return request instanceof RollingCurlGroup ? request.addToRC(this) : super.add(request)
  }

  /** As {@link RollingCurl.execute}; resolves with false if the queue is empty. */
  override async execute(window_size: number | `${number}` | null = null): Promise<string | boolean> {
    return this.requests.length === 0 ? false : super.execute(window_size)
  }
}
