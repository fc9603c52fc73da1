/**
 * A body that begins again while its source is still being read: what the earlier round has left does not
 * count. Does not know libcurl.
 */
import { expect } from 'chai'
import { setImmediate as turn } from 'node:timers/promises'
import { Upload } from '../../../../src/bodies/uploads/upload.js'
import { toUploadSource } from '../../../../src/bodies/uploads/upload-source.js'
import { NO_CONTEXT } from '../../../../src/transfer/caller-context.js'
import type { Transfer } from '../../../../src/transfer/transfer.js'

const CHUNKS = ['part0', 'part1', 'part2']
const WHOLE = CHUNKS.join('')
/** More turns of the event loop than a source takes from its begin to its end. */
const TURNS = 12

async function* slowly(): AsyncGenerator<string> {
  for (const chunk of CHUNKS) {
    await turn()
    yield chunk
  }
  await turn()
}

const SOURCES: readonly (readonly [string, () => unknown])[] = [
  ['a stream', () => slowly()],
  ['a function that opens one', () => slowly],
]
const SIZES: readonly (readonly [string, number | null])[] = [
  ['of known length', WHOLE.length],
  ['of unknown length', null],
]

/** Returns the rest of the body, read as libcurl reads it. */
async function textOf(upload: Upload): Promise<string> {
  const buffer = Buffer.alloc(8)
  let text = ''
  for (let turns = 0; turns < 10 * TURNS; turns++) {
    const count = upload.read(buffer)
    if (count === 0) return text
    if (count === null) await turn()
    else text += buffer.toString('latin1', 0, count)
    if (text.length === WHOLE.length) return text
  }
  return `${text}, and waits for ever`
}

describe('Upload', () => {
  for (const [what, open] of SOURCES) {
    for (const [which, size] of SIZES) {
      it(`gives all of ${what} ${which} again, whenever it is rewound`, async () => {
        for (let turns = 0; turns < TURNS; turns++) {
          const failures: unknown[] = []
          const transfer = { caller: NO_CONTEXT, resume: () => undefined } as unknown as Transfer
          const source = toUploadSource(open())
          if (source === undefined) throw new Error('it is no source')
          const upload = new Upload(transfer, [source], size, undefined, (error) => failures.push(error))
          upload.begin()
          expect(upload.read(Buffer.alloc(8))).to.equal(null)
          for (let i = 0; i < turns; i++) await turn()
          upload.rewind(0)
          expect(await textOf(upload), `rewound after ${turns} turns`).to.equal(WHOLE)
          expect(failures).to.deep.equal([])
        }
      })
    }
  }
})
