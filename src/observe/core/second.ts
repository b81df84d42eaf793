/** Frames this much earlier than the newest second still count for it: captures of several CPUs are not quite in order. */
const LATE_SECONDS: f64 = 1

/** Whether a frame of some second ends the one that is open. */
export function endsSecond(open: f64, seconds: f64): bool {
  return seconds > open || open - seconds > LATE_SECONDS
}
