/** The bytes are no capture that we know (or none at all): the run is inconclusive. The message ends in what to do next. */
export class CaptureFormatError extends Error {
  override readonly name = 'CaptureFormatError'
}

/** Thrown by a byte stream which ends before its end (a cut gzip): what came before it is good and stays. */
export class CutShortError extends Error {
  override readonly name = 'CutShortError'
}
