/** The recipe for spans of OpenTelemetry, with its SDK in memory. Does not know the rest of the pages. */
import { expect } from 'chai'
import type { ExampleCase } from './example-case.js'

export const tracingCases: readonly ExampleCase[] = [
  {
    heading: 'Tracing / OpenTelemetry',
    has: '@opentelemetry/api',
    given: `
      import { ParallelCurl } from 'parallelcurl'
      import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
      const exporter = new InMemorySpanExporter()
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))`,
    then: `
      const curl = new ParallelCurl(1)
      await curl.request('https://example.com/', { retry: { limit: 1, backoffMs: 1 } })
      await curl.request('http://user:secret@127.0.0.1:1/').catch(() => undefined)
      const finished = exporter.getFinishedSpans()
      for (const { name, kind, attributes, status, parentSpanContext } of finished) {
        const parent = finished.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)
        console.log(JSON.stringify([name, kind, parent?.name ?? null, attributes, status.code]))
      }`,
    prepare: ({ server }) => {
      const statuses = [503, 200]
      server.route('/', (_request, response) => response.writeHead(statuses.shift() ?? 200).end('page'))
    },
    check: ({ lines }) => {
      const request = { 'http.request.method': 'GET', 'url.full': 'https://example.com/' }
      const attempt = (again: number, status: number): object => ({
        'http.request.resend_count': again,
        'network.peer.address': '127.0.0.1',
        'http.response.status_code': status,
      })
      const failure = { 'error.type': 'CURLE_COULDNT_CONNECT' }
      const refused = { ...request, 'url.full': 'http://***@127.0.0.1:1/', ...failure }
      const spans = lines.map((line) => JSON.parse(line) as unknown[])
      expect(spans.slice(0, 3)).to.deep.equal([
        ['attempt 1', 2, 'GET', attempt(0, 503), 0],
        ['attempt 2', 2, 'GET', attempt(1, 200), 0],
        ['GET', 0, null, { ...request, 'http.response.status_code': 200 }, 0],
      ])
      expect(spans[3]?.slice(0, 3)).to.deep.equal(['attempt 1', 2, 'GET'])
      expect(spans[3]?.[3]).to.include(failure)
      expect(spans[4]).to.deep.equal(['GET', 0, null, refused, 2])
      expect(spans).to.have.length(5)
    },
  },
]
