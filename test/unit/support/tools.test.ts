import net from 'node:net'
import { expect } from 'chai'
import { runChild } from '../../support/programs/child.js'
import { Recorder } from '../../support/recorder.js'
import { answerWith, refusedPort, startTcpServer } from '../../support/servers/tcp-server.js'

describe('support: tcp server', () => {
  it('follows its script and keeps what it received', async () => {
    await using server = await startTcpServer(answerWith('nonsense'))
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.0\r\n\r\n')
    let received = ''
    for await (const chunk of socket) received += String(chunk)
    expect(received).to.equal('nonsense')
    expect(server.connections[0]?.received.toString()).to.equal('GET / HTTP/1.0\r\n\r\n')
  })

  it('knows a port on which nobody listens', async () => {
    const socket = net.connect(await refusedPort(), '127.0.0.1')
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.on('error', resolve))
    expect(error.code).to.equal('ECONNREFUSED')
  })
})

describe('support: recorder', () => {
  it('wants one callback for each request', async () => {
    const recorder = new Recorder()
    const both = recorder.waitFor(2)
    recorder.callback('A', 'a', {}, 1)
    recorder.callback(null, 'b', {}, 2)
    await both
    recorder.exactlyOnce(['b', 'a'])
    expect(() => recorder.exactlyOnce(['a', 'a'])).to.throw('one callback')
    expect(recorder.for('b')).to.include({ content: null, userData: 2 })
    recorder.callback('A', 'a', {}, 1)
    expect(() => recorder.exactlyOnce(['a', 'b'])).to.throw('one callback')
    expect(() => recorder.for('a')).to.throw('callbacks for a')
  })
})

describe('support: child', () => {
  it('tells how a process ended and what it said', async () => {
    const source = `import { OptionError } from './src/errors.js'
      console.log(OptionError.name, process.argv.slice(1)); console.error('no'); process.exitCode = 3`
    const child = await runChild(source, { args: ['x'] })
    expect(child).to.deep.equal({
      code: 3,
      signal: null,
      stdout: "OptionError [ 'x' ]\n",
      stderr: 'no\n',
      hung: false,
    })
  })

  it('ends one that never ends', async () => {
    const child = await runChild('setInterval(() => {}, 1000); console.log(1)', { killAfterMs: 500 })
    expect(child).to.include({ signal: 'SIGKILL', hung: true })
  })
})
