/**
 * The setup for tests of CurlDispatcher: a server, and for each test an instance and its dispatcher. Does not
 * depend on what is sent.
 */
import { ParallelCurl } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { startHttpServer, type HttpServer } from '../servers/http/http-server.js'

/** The server, the instance and the dispatcher of one test. */
export interface DispatcherPlace {
  readonly server: HttpServer
  readonly curl: ParallelCurl
  readonly dispatcher: CurlDispatcher
}

/**
 * Call it in `describe`. `use` gets the place of each test before the test begins, `prepare` the server once.
 */
export function withDispatcher(
  use: (place: DispatcherPlace) => void,
  { maxRequests = 1, prepare }: { maxRequests?: number; prepare?: (server: HttpServer) => void } = {},
): void {
  let server: HttpServer
  let curl: ParallelCurl
  let dispatcher: CurlDispatcher
  before(async () => {
    server = await startHttpServer()
    prepare?.(server)
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
    curl = new ParallelCurl(maxRequests)
    dispatcher = new CurlDispatcher(curl)
    use({ server, curl, dispatcher })
  })
  afterEach(async () => {
    await dispatcher.destroy()
    await curl.close()
  })
}
