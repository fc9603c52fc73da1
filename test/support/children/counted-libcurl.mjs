/**
 * node-libcurl with a counter for each call into it and each callback out of it. A resolve hook (see
 * counted.ts) loads it in place of src/engine/node-libcurl/load, because the methods of version 5 can be
 * neither reassigned nor shadowed. Written in JavaScript, because the child processes do not compile
 * anything. Does not depend on its callers.
 */
import { Curl, Easy as NativeEasy, Multi as NativeMulti, Share } from 'node-libcurl'

/** The number of calls by name. `-> name` counts callbacks from libcurl. */
export const counts = {}
/** The values that options were set to, for option names with an array in this object. */
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
