/** Chooses what stands at the wire of an instance: a recorder, a replay, or nothing. Does not know what they do. */
import type { Wire } from '../engine/request/wire.js'
import { OptionError } from '../errors.js'
import type { Clock } from '../scheduling/time/clock.js'
import { StandIn } from '../stand-in/stand-in.js'
import { Recorder } from './recorder.js'
import { Replay } from './replay.js'

/** The files of a recording or a replay, among the options. */
export interface RecordingPaths {
  readonly record?: string | undefined
  readonly replay?: string | undefined
}

/** A recorder or a replay, which ends with its instance. */
export interface Recording extends Wire {
  close(): void
}

/** Throws `OptionError` if other options ask for another recording than the instance was made with. */
export function assertSameRecording(was: RecordingPaths, asked: RecordingPaths): void {
  for (const name of ['record', 'replay'] as const)
    if (asked[name] !== undefined && asked[name] !== was[name])
      throw new OptionError(
        `setOptions: ${name} is an option of new ParallelCurl(): a recording begins and ends with its instance`,
        name,
      )
}

/** Returns what the options ask for. Throws `OptionError` if they cannot be obeyed. */
export function recordingOf({ record, replay }: RecordingPaths, clock: Clock): Recording | null {
  if (record !== undefined && replay !== undefined)
    throw new OptionError('record and replay exclude each other: a replay has no network to record', 'replay')
  if (record !== undefined) return new Recorder(record)
  return replay === undefined ? null : new StandIn(new Replay(replay), clock)
}
