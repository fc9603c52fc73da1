/**
 * node-libcurl with a counter on each call into it and out of it: stands in the place of
 * src/engine/node-libcurl/load, by a resolve hook (see counted.ts), because the methods of version 5 can be
 * neither assigned nor covered. JavaScript, because the child processes that it runs in compile nothing. Does
 * not know what calls it.
 */
import { Curl, Easy as NativeEasy, Multi as NativeMulti, Share } from 'node-libcurl'

/** Calls by name; `-> name` is one back from libcurl. */
export const counts = {}
/** What options have been set to, for those names that have an array here. */
export const values = {}

function count(name) {
  counts[name] = (counts[name] ?? 0) + 1
}

const namesOf = (table) => new Map(Object.entries(table).map(([name, id]) => [id, name]))
const options = namesOf(Curl.option)
const infos = namesOf(Curl.info)

function counted(name, value) {
  if (typeof value !== 'function') return value
  return function (...args) {
    count(`-> ${name}`)
    return value.apply(this, args)
  }
}

export class Easy extends NativeEasy {
  setOpt(id, value) {
    const name = options.get(id) ?? String(id)
    count(`setOpt ${name}`)
    values[name]?.push(value)
    return super.setOpt(id, counted(name, value))
  }

  getInfo(id) {
    count(`getInfo ${infos.get(id) ?? String(id)}`)
    return super.getInfo(id)
  }

  reset() {
    count('reset')
    return super.reset()
  }
}

export class Multi extends NativeMulti {
  onMessage(callback) {
    return super.onMessage(counted('onMessage', callback))
  }

  addHandle(easy) {
    count('addHandle')
    return super.addHandle(easy)
  }

  removeHandle(easy) {
    count('removeHandle')
    return super.removeHandle(easy)
  }
}

export { Curl, Share }
