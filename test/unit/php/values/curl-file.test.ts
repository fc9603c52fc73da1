import { expect } from 'chai'
import { OptionError } from '../../../../src/errors.js'
import { curl_file_create, CURLFile, CURLStringFile } from '../../../../src/php/values/curl-file.js'

describe('CURLFile', () => {
  it("has PHP's properties, empty where nothing was given", () => {
    expect({ ...new CURLFile('dir/a.txt') }).to.deep.equal({ name: 'dir/a.txt', mime: '', postname: '' })
    expect({ ...new CURLFile('a', null, 'b') }).to.deep.equal({ name: 'a', mime: '', postname: 'b' })
    expect({ ...curl_file_create('a', 'text/plain', 'b') }).to.deep.equal({
      name: 'a',
      mime: 'text/plain',
      postname: 'b',
    })
    expect(curl_file_create('a')).to.be.instanceOf(CURLFile)
  })

  it('gets and sets', () => {
    const file = new CURLFile('a')
    file.setMimeType('x/y')
    file.setPostFilename('p')
    expect([file.getFilename(), file.getMimeType(), file.getPostFilename()]).to.deep.equal(['a', 'x/y', 'p'])
  })

  it('refuses what is no string, naming function, argument and value', () => {
    const mistakes: (readonly [() => unknown, string])[] = [
      [
        () => new CURLFile([] as never),
        'CURLFile::__construct(): Argument #1 ($filename) must be of type string, got an array',
      ],
      [
        () => new CURLFile('a\0b'),
        'CURLFile::__construct(): Argument #1 ($filename) must not contain any null bytes, got "a\\u0000b"',
      ],
      [
        () => curl_file_create('a', [] as never),
        'CURLFile::__construct(): Argument #2 ($mime_type) must be of type ?string, got an array',
      ],
      [
        () => new CURLFile('a').setMimeType(undefined as never),
        'CURLFile::setMimeType(): Argument #1 ($mime_type) must be of type string, got undefined',
      ],
      [
        () => new CURLStringFile('a', undefined as never),
        'CURLStringFile::__construct(): Argument #2 ($postname) must be of type string',
      ],
      [
        () => new CURLStringFile({} as never, 'a'),
        'CURLStringFile::__construct(): Argument #1 ($data) must be of type string, got an object',
      ],
    ]
    for (const [mistake, message] of mistakes) expect(mistake).to.throw(OptionError, message)
  })
})

describe('CURLStringFile', () => {
  it("has PHP's properties and default type", () => {
    const file = new CURLStringFile('data', 'a.bin')
    expect({ ...file }).to.deep.equal({ data: 'data', postname: 'a.bin', mime: 'application/octet-stream' })
    expect(new CURLStringFile(Buffer.from([0xff]), 'a', 'x/y').data).to.deep.equal(Buffer.from([0xff]))
  })
})
