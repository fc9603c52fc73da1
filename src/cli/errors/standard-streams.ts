/**
 * Stdout and stderr of the plain command, made when something is written: Node takes as long for that as for
 * a small request. Does not know what is written.
 */

/** Errors of stdout and stderr end no process: the write callbacks report them. */
export function hearStreams(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const usual = Object.getOwnPropertyDescriptor(process, name)
    if (usual === undefined) continue
    const make = (): NodeJS.WriteStream => {
      Object.defineProperty(process, name, usual)
      // Without a listener, the event would end the process.
      return process[name].on('error', () => undefined)
    }
    Object.defineProperty(process, name, { get: make, configurable: true, enumerable: true })
  }
}
