/** Where `--write-out` goes: stdout, stderr and files, written at once. Does not know what is written. */
import { closeSync, openSync } from 'node:fs'
import { STDOUT, tryWrite } from '../descriptors.js'
import type { WriteOutSink, WriteOutTarget } from './write-out.js'

/** Writes to descriptors. */
export class DescriptorSink implements WriteOutSink {
  private fd = STDOUT
  private isOurs = false
  private pieces: Buffer[] = []

  /** @param errorFd where `%{stderr}` leads */
  constructor(private readonly errorFd: number) {}

  put(bytes: Buffer): void {
    this.pieces.push(bytes)
  }

  turnTo(target: WriteOutTarget): void {
    if (typeof target === 'string') {
      this.goTo(target === 'stdout' ? STDOUT : this.errorFd, false)
      return
    }
    let fd
    try {
      fd = openSync(target.path, target.isAppended ? 'a' : 'w')
    } catch {
      return
    }
    this.goTo(fd, true)
  }

  unknown(name: string): void {
    tryWrite(this.errorFd, `curl: unknown --write-out variable: '${name}'\n`)
  }

  end(): void {
    this.goTo(STDOUT, false)
  }

  private goTo(fd: number, isOurs: boolean): void {
    if (this.pieces.length > 0) tryWrite(this.fd, Buffer.concat(this.pieces))
    if (this.isOurs) closeSync(this.fd)
    this.pieces = []
    this.fd = fd
    this.isOurs = isOurs
  }
}
