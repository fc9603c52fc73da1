/** File names that servers give: the bytes of a header as letters. */
import { expect } from 'chai'
import { nameOf } from '../../../../src/bodies/files/output-path.js'

describe('file names of servers', () => {
  it('F17: are UTF-8 if they can be, else Latin-1', () => {
    // A header line has one character for each byte.
    const bytes = (text: string, encoding: BufferEncoding): string =>
      Buffer.from(text, encoding).toString('latin1')
    for (const [header, name] of [
      [`attachment; filename="${bytes('café.txt', 'latin1')}"`, 'café.txt'],
      [`attachment; filename="${bytes('café.txt', 'utf8')}"`, 'café.txt'],
      [`attachment; filename=${bytes('naïve', 'latin1')}`, 'naïve'],
      [`attachment; filename="${bytes('日本.txt', 'utf8')}"`, '日本.txt'],
      ["attachment; filename*=ISO-8859-1''caf%E9.txt", 'café.txt'],
      ["attachment; filename*=utf-8''caf%C3%A9.txt", 'café.txt'],
      ["attachment; filename*=utf-8''%E9.txt", '%E9.txt'],
    ] as const)
      expect(nameOf(header, 'http://h/y'), header).to.equal(name)
  })
})
