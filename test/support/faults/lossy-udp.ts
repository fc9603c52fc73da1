/** A way over UDP on which datagrams get lost, one of so many in each direction. Does not know what is in them. */
import dgram from 'node:dgram'
import { once } from 'node:events'

const host = '127.0.0.1'

export interface LossyUdp extends AsyncDisposable {
  readonly port: number
  /** The number of datagrams that came, and of those that were lost. */
  counts(): { readonly came: number; readonly lost: number }
}

/** Starts a port whose datagrams go to `target`, and back, but for one of `every`. */
export async function startLossyUdp(target: number, every: number): Promise<LossyUdp> {
  const front = dgram.createSocket('udp4')
  /** The sockets to the target, by port of the client. */
  const backs = new Map<number, dgram.Socket>()
  let came = 0
  let lost = 0
  const isLost = (): boolean => {
    const isIt = ++came % every === 0
    if (isIt) lost++
    return isIt
  }
  front.on('message', (datagram, { port }) => {
    let back = backs.get(port)
    if (back === undefined) {
      back = dgram.createSocket('udp4')
      backs.set(port, back)
      back.on('message', (answer) => {
        if (!isLost()) front.send(answer, port, host)
      })
    }
    if (!isLost()) back.send(datagram, target, host)
  })
  front.bind(0, host)
  await once(front, 'listening')
  return {
    port: front.address().port,
    counts: () => ({ came, lost }),
    [Symbol.asyncDispose]: async () => {
      const all = [front, ...backs.values()]
      const closed = all.map((socket) => once(socket, 'close'))
      for (const socket of all) socket.close()
      await Promise.all(closed)
    },
  }
}
