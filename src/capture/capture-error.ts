/** A source could not be opened or read: the run is inconclusive (exit 3). The message ends in what to do next. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
}
